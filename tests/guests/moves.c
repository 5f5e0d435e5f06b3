/*
 * CP's own assembler for moving and setting bytes and for the ends of strings (s390x/lib/memory.S), against loops, at every length and
 * at odd addresses; what lies around must stay.
 * Before it: registers.c. After it: own-registers.c.
 * Known simplification: nothing is said of a move over itself; memcpy() promises nothing there.
 */
#include "runtime/guest.h"
#include "random.h"

void words_set(void *to, uint64_t word, size_t n);
void *memchr(const void *from, int byte, size_t n);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);

#define AREA 1400

static uint8_t from[AREA], to[AREA], wanted[AREA];

static void fill(uint8_t *area)
{
	for (unsigned i = 0; i < AREA; i++)
		area[i] = (uint8_t)random_next();
}

static int same(void)
{
	for (unsigned i = 0; i < AREA; i++)
		if (to[i] != wanted[i])
			return 0;
	return 1;
}

static void start(void)
{
	fill(to);
	for (unsigned i = 0; i < AREA; i++)
		wanted[i] = to[i];
}

static int copies(unsigned n, unsigned at, unsigned source)
{
	start();
	for (unsigned i = 0; i < n; i++)
		wanted[at + i] = from[source + i];
	return memcpy(to + at, from + source, n) == to + at && same();
}

static int sets(unsigned n, unsigned at, int byte)
{
	start();
	for (unsigned i = 0; i < n; i++)
		wanted[at + i] = (uint8_t)byte;
	return memset(to + at, byte, n) == to + at && same();
}

static int sets_words(unsigned n, unsigned at, uint64_t word)
{
	start();
	for (unsigned i = 0; i < n; i++)
		wanted[at + i] = (uint8_t)(word >> 8 * (7 - i % 8));
	words_set(to + at, word, n);
	return same();
}

static void every_length(void)
{
	int good = 1;

	fill(from);
	for (unsigned n = 0; n <= 1100 && good; n += n < 340 ? 1 : 7) {
		good = copies(n, random_below(200), random_below(200)) &&
		       sets(n, random_below(200), n % 3 ? (int)random_next() : 0) &&
		       (n < 64 || n % 8 || sets_words(n, random_below(200), random_next()));
		if (!good)
			print("wrong: %u bytes\n", n);
	}
	expect("moved and set, and nothing else", good);
}

static void searches(void)
{
	int good = 1;

	for (unsigned i = 0; i < AREA; i++)
		from[i] = 'x';
	for (unsigned n = 0; n < 600; n++) {
		from[n] = 0;
		good &= strlen((char *)from) == n && memchr(from, 0x700, AREA) == from + n &&
			!memchr(from, 0, n);
		from[n] = 'x';
	}
	expect("ends are found, and not beyond the limit", good);
	expect("memchr: a byte with its first bit one",
	       memchr("a\xff", 0xff, 2) != 0 && !memchr("a", 'b', 1));
}

static void comparisons(void)
{
	expect("equal", strcmp("", "") == 0 && strcmp("CP-67", "CP-67") == 0);
	expect("less", strcmp("", "A") < 0 && strcmp("A", "AB") < 0 && strcmp("AB", "AC") < 0);
	expect("more", strcmp("A", "") > 0 && strcmp("B", "AB") > 0 && strcmp("\xff", "A") > 0);
}

int main(void)
{
	every_length();
	searches();
	comparisons();
	return failures;
}
