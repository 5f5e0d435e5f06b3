/*
 * frame.c - real storage, by the 4 KiB frame.
 *
 * Owns: the bitmap of frames in use, and how many own each. Comes after boot
 * (which tells it what storage there is) and before heap.c. Heritage:
 * DMKPTR, the CORTABLE.
 *
 * Simplification: next-fit over a bitmap. A free list would be quicker for
 * single frames, but runs of frames (stacks, tables) would need a second
 * mechanism; this is one.
 */
#include <cp/heap.h>
#include <cp/panic.h>
#include <cp/string.h>

#define WORD_BITS 64u
#define ALL_USED  UINT64_MAX

static frame_t first;  /* the frame that bit 0 stands for */
static uint64_t *used; /* one bit a frame; a set bit: not available */
static uint16_t *more; /* of each frame: how many own it besides the first */
static size_t frames;  /* in both */
static size_t next;    /* where the last search ended */
static uint64_t total, available;

static size_t number_of(frame_t frame)
{
	assert_cp(frame >= first && frame % PAGE_SIZE == 0);
	return (frame - first) / PAGE_SIZE;
}

static inline __attribute__((always_inline)) bool is_used(size_t n)
{
	return used[n / WORD_BITS] >> (n % WORD_BITS) & 1;
}

static void mark(size_t n, bool in_use)
{
	uint64_t bit = 1ull << (n % WORD_BITS);

	assert_cp(is_used(n) != in_use);
	if (in_use)
		used[n / WORD_BITS] |= bit;
	else
		used[n / WORD_BITS] &= ~bit;
	available += in_use ? -1 : 1;
}

/* One range today: bitmap and counts are put at its start. */
void frame_add(frame_t from, frame_t to)
{
	size_t bitmap, bytes;

	assert_cp(!used);
	first = (from + PAGE_SIZE - 1) & PAGE_MASK;
	frames = (to - first) / PAGE_SIZE;
	bitmap = (frames / WORD_BITS + 1) * sizeof(*used);
	bytes = bitmap + frames * sizeof(*more);
	used = (uint64_t *)(uintptr_t)first;
	more = (uint16_t *)(uintptr_t)(first + bitmap);
	memset(used, 0, bytes);
	used[frames / WORD_BITS] = ALL_USED << (frames % WORD_BITS);
	total = available = frames;
	for (size_t n = 0; n * PAGE_SIZE < bytes; n++)
		mark(n, true);
}

/* Length of the free run at n, counted up to want. */
static size_t run_length(size_t n, size_t want)
{
	size_t length = 0;

	while (length < want && n + length < frames && !is_used(n + length))
		length++;
	return length;
}

/* First free run of count in [from, to), or to. Whole used words are skipped at once. */
static size_t find_run(size_t from, size_t to, size_t count)
{
	size_t n = from;

	while (n < to) {
		if (n % WORD_BITS == 0 && used[n / WORD_BITS] == ALL_USED) {
			n += WORD_BITS;
			continue;
		}
		size_t length = run_length(n, count);
		if (length == count)
			return n;
		n += length + 1;
	}
	return to;
}

static frame_t run_take(size_t n, unsigned count)
{
	for (size_t k = 0; k < count; k++)
		mark(n + k, true);
	return first + n * PAGE_SIZE;
}

static frame_t cleared(frame_t frame, unsigned count)
{
	if (frame)
		memset((void *)(uintptr_t)frame, 0, (size_t)count * PAGE_SIZE);
	return frame;
}

frame_t frame_alloc_dirty(unsigned count)
{
	size_t n;

	if (count > available)
		return 0;
	n = next;
	if (count > 1 || is_used(n)) /* most want one, and as a rule it is the next */
		n = find_run(n, frames, count);
	if (n >= frames)
		n = find_run(0, frames, count);
	if (n >= frames)
		return 0;
	next = n + count < frames ? n + count : 0;
	return run_take(n, count);
}

frame_t frame_alloc_run(unsigned count)
{
	return cleared(frame_alloc_dirty(count), count);
}

/* A run whose address is a multiple of its size; count is a power of two. Only there can the machine map it as one. */
frame_t frame_alloc_aligned(unsigned count)
{
	size_t n = (count - first / PAGE_SIZE % count) % count;

	while (n + count <= frames && run_length(n, count) < count)
		n += count;
	return n + count <= frames ? cleared(run_take(n, count), count) : 0;
}

frame_t frame_alloc(void)
{
	return frame_alloc_run(1);
}

void frame_free_run(frame_t frame, unsigned count)
{
	size_t n = number_of(frame);

	assert_cp(n + count <= frames);
	for (size_t k = 0; k < count; k++) {
		assert_cp(more[n + k] == 0);
		mark(n + k, false);
	}
}

void frame_free(frame_t frame)
{
	uint16_t *others = &more[number_of(frame)];

	if (*others)
		(*others)--;
	else
		frame_free_run(frame, 1);
}

void frame_share(frame_t frame)
{
	size_t n = number_of(frame);

	assert_cp(is_used(n) && more[n] < UINT16_MAX);
	more[n]++;
}

bool frame_shared(frame_t frame)
{
	return more[number_of(frame)] > 0;
}

uint64_t frames_total(void)
{
	return total;
}

uint64_t frames_free(void)
{
	return available;
}
