/*
 * text.c - EBCDIC (code page 037) and ASCII (ISO 8859-1, the lower half).
 *
 * Owns: the two tables. After it: console, cards, DIAGNOSE.
 *
 * Simplification: what has no ASCII equal becomes '?' or X'6F'; X'15' is a newline both ways.
 */
#include "port.h"

/* ASCII 20 to 7E in EBCDIC, in order. */
static const uint8_t ebcdic[] = {
	0x40, 0x5a, 0x7f, 0x7b, 0x5b, 0x6c, 0x50, 0x7d,
	0x4d, 0x5d, 0x5c, 0x4e, 0x6b, 0x60, 0x4b, 0x61, /*  !"#$%&'()*+,-./ */
	0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7,
	0xf8, 0xf9, 0x7a, 0x5e, 0x4c, 0x7e, 0x6e, 0x6f, /* 0-9:;<=>? */
	0x7c, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7,
	0xc8, 0xc9, 0xd1, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, /* @A-O */
	0xd7, 0xd8, 0xd9, 0xe2, 0xe3, 0xe4, 0xe5, 0xe6,
	0xe7, 0xe8, 0xe9, 0xba, 0xe0, 0xbb, 0xb0, 0x6d, /* P-Z[\]^_ */
	0x79, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87,
	0x88, 0x89, 0x91, 0x92, 0x93, 0x94, 0x95, 0x96, /* `a-o */
	0x97, 0x98, 0x99, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6,
	0xa7, 0xa8, 0xa9, 0xc0, 0x4f, 0xd0, 0xa1, /* p-z{|}~ */
};

#define EBCDIC_NEWLINE  0x15
#define EBCDIC_TAB      0x05
#define EBCDIC_QUESTION 0x6f

static uint8_t to_ebcdic(uint8_t c)
{
	if (c >= 0x20 && c < 0x20 + sizeof(ebcdic))
		return ebcdic[c - 0x20];
	if (c == '\0')
		return 0;
	return c == '\n' ? EBCDIC_NEWLINE : c == '\t' ? EBCDIC_TAB : EBCDIC_QUESTION;
}

/* TRANSLATE replaces up to 256 bytes, each by the table's byte of that number; EXECUTE gives it their count, less one. */
static void translate(uint8_t *data, size_t size, const uint8_t table[256])
{
	for (size_t n; size; data += n, size -= n) {
		n = size < 256 ? size : 256;
		asm volatile("	bras	1,0f\n"
			     "	tr	0(1,%1),0(%2)\n"
			     "0:	ex	%0,0(1)"
			     :
			     : "a"(n - 1), "a"(data), "a"(table)
			     : "1", "memory");
	}
}

void text_to_machine(void *data, size_t size)
{
	static uint8_t table[256];

	if (!table['0'])
		for (uint32_t c = 0; c < sizeof(table); c++)
			table[c] = to_ebcdic((uint8_t)c);
	translate(data, size, table);
}

void text_from_machine(void *data, size_t size)
{
	static uint8_t ascii[256];

	if (!ascii[0x40]) {
		memset(ascii, '?', sizeof(ascii));
		for (uint32_t i = 0; i < sizeof(ebcdic); i++)
			ascii[ebcdic[i]] = (uint8_t)(0x20 + i);
		ascii[0] = '\0';
		ascii[EBCDIC_NEWLINE] = ascii[0x25] = '\n';
		ascii[0x0d] = '\r';
		ascii[EBCDIC_TAB] = '\t';
		ascii[0xad] = '['; /* code page 1047 has the brackets here */
		ascii[0xbd] = ']';
	}
	translate(data, size, ascii);
}
