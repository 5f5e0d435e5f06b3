/*
 * console.c - the 3215 console.
 *
 * Owns: the console's subchannel and buffers. Before it: channel.c. After it: everything that talks to the user.
 * Heritage: CMS's DMSCIT, DMSCRD, DMSCWR.
 *
 * When CMS-lite wants a line it starts a READ INQUIRY and waits in the enabled wait state for its end: on a virtual
 * machine that is what VM READ means. A line typed at any other time arrives as attention.
 *
 * Simplification: no type-ahead but the one line that an attention announces.
 */
#include "port.h"

#define CONSOLE_DEVICE 0x0009

#define CCW_WRITE 0x09 /* and return the carriage */
#define CCW_READ  0x0a

static uint32_t subchannel;
static bool attention;
static uint8_t buffer[CONSOLE_LINE + 2];

/* SENSE ID says FF, control-unit type and model, device type and model. */
static bool is_console(uint32_t candidate)
{
	static uint8_t id[7];
	const struct ccw sense_id = {CCW_SENSE_ID, CCW_SLI, sizeof(id), address_of(id)};
	struct channel_end end = channel_run(candidate, &sense_id);
	uint16_t type = (uint16_t)(id[4] << 8 | id[5]);

	return channel_good(&end) && id[0] == 0xff && (type == 0x3215 || type == 0x1052);
}

bool console_start(void)
{
	subchannel = channel_find(CONSOLE_DEVICE);
	if (!subchannel)
		subchannel = channel_search(is_console);
	return subchannel != 0;
}

uint32_t console_subchannel(void)
{
	return subchannel;
}

void console_attention(void)
{
	attention = true;
}

bool console_wanted(void)
{
	return attention;
}

static void write_line(const char *text, size_t length)
{
	struct ccw write = {CCW_WRITE, CCW_SLI, (uint16_t)length, address_of(buffer)};
	struct channel_end end;

	memcpy(buffer, text, length);
	if (length == 0) {
		buffer[0] = ' '; /* a CCW count of 0 is not allowed */
		write.count = 1;
	}
	text_to_machine(buffer, write.count);
	end = channel_run(subchannel, &write);
	if (!end.operational)
		machine_stop(STOP_NO_CONSOLE);
}

void console_write(const char *text, size_t length)
{
	do {
		size_t part = length < CONSOLE_LINE ? length : CONSOLE_LINE;

		write_line(text, part);
		text += part;
		length -= part;
	} while (length);
}

size_t console_read(char *line, size_t size)
{
	const struct ccw read = {CCW_READ, CCW_SLI, CONSOLE_LINE, address_of(buffer)};
	struct channel_end end;
	size_t length;

	/* Intervention required: no terminal is there. Attention will say that one came back. */
	while (end = channel_run(subchannel, &read), end.unit & UNIT_CHECK)
		if (end.sense & SENSE_INTERVENTION)
			for (attention = false; !attention;)
				if (machine_wait(false) == CLASS_IO)
					channel_unsolicited(low32(LOW_IO_SUBCHANNEL));
	if (!end.operational)
		machine_stop(STOP_NO_CONSOLE);
	attention = false;
	length = end.unit & UNIT_EXCEPTION || end.residual > CONSOLE_LINE ? 0 : CONSOLE_LINE - end.residual;
	if (length > size - 1)
		length = size - 1;
	text_from_machine(buffer, length);
	memcpy(line, buffer, length);
	while (length && (line[length - 1] == '\n' || line[length - 1] == '\r' || line[length - 1] == ' '))
		length--;
	line[length] = '\0';
	return length;
}
