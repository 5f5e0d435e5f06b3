/*
 * clock.c - the time that CP last knew, kept on the system volume.
 *
 * Owns: the two clock blocks. Before: mount.c. After: IPL, which never lets the clock go back, and SHUTDOWN.
 * Heritage: DMKCKS, which kept the time of day over a restart.
 * Simplification: none worth naming.
 *
 * The two blocks are written in turn, so that a torn write leaves the older of them.
 */
#include <cp/crc32.h>
#include <cp/storage.h>
#include <cp/string.h>
#include <cp/volume.h>

#define MICROSECONDS_MAX (UINT64_MAX / TOD_MICROSECOND)

tod_t volume_time_to_tod(uint64_t microseconds)
{
	if (microseconds > MICROSECONDS_MAX - TOD_UNIX_EPOCH / TOD_MICROSECOND)
		return 0;
	return TOD_UNIX_EPOCH + microseconds * TOD_MICROSECOND;
}

uint64_t volume_time_from_tod(tod_t t)
{
	return t < TOD_UNIX_EPOCH ? 0 : (t - TOD_UNIX_EPOCH) / TOD_MICROSECOND;
}

static bool clock_good(const struct volume_clock *c)
{
	return memcmp(c->magic, CLOCK_MAGIC, sizeof(c->magic)) == 0 &&
	       crc32_update(0, (const uint8_t *)c + 12, sizeof(*c) - 12) == be32_get(c->crc) &&
	       be32_get(c->version) <= CLOCK_VERSION;
}

/* The valid copy with the higher sequence. Returns which it is, 0 or 1, or < 0. */
static int clock_newest(struct volume *v, struct volume_clock *newest)
{
	struct volume_clock c;
	int which = CP_CANNOT;

	for (uint32_t i = 0; i < 2; i++) {
		if (volume_sector_read(v, VOLUME_AREA_CLOCK, i * VOLUME_SECTORS_PER_BLOCK, &c) < 0 ||
		    !clock_good(&c))
			continue;
		if (which >= 0 && be64_get(c.sequence) <= be64_get(newest->sequence))
			continue;
		*newest = c;
		which = (int)i;
	}
	return which;
}

tod_t volume_clock_read(struct volume *v)
{
	struct volume_clock c;

	return clock_newest(v, &c) < 0 ? 0 : volume_time_to_tod(be64_get(c.time));
}

static int clock_write(struct volume *v, tod_t now, enum clock_state state)
{
	struct volume_clock old, new = {0};
	int which = clock_newest(v, &old), result;

	memcpy(new.magic, CLOCK_MAGIC, sizeof(new.magic));
	new.version = be32_make(CLOCK_VERSION);
	new.sequence = be64_make(which < 0 ? 1 : be64_get(old.sequence) + 1);
	new.time = be64_make(volume_time_from_tod(now));
	new.state = state;
	new.crc = be32_make(crc32_update(0, (const uint8_t *)&new + 12, sizeof(new) - 12));
	result = volume_sector_write(v, VOLUME_AREA_CLOCK, which == 0 ? VOLUME_SECTORS_PER_BLOCK : 0, &new);
	return result < 0 ? result : volume_flush(v);
}

int volume_clock_write(struct volume *v, tod_t now)
{
	return clock_write(v, now, CLOCK_RUNNING);
}

int volume_clock_down(struct volume *v, tod_t now)
{
	return clock_write(v, now, CLOCK_DOWN);
}
