/*
 * pronounce.c - passwords that can be said.
 *
 * Owns: syllables. Before it: the system's random numbers. After it: roster.c.
 * Six syllables of 16 consonants and 4 vowels, and two digits of 10: 6 x 6 + 6.6 bits. Letters that look or sound like others are
 * left out.
 * Heritage: FIPS 181, which was more ambitious.
 * Simplification: nothing looks at what the syllables happen to mean.
 */
#include <sys/random.h>
#include <stdint.h>
#include "pronounce.h"

static const char consonants[] = "BDFGHJKLMNPRSTVZ"; /* 16 */
static const char vowels[] = "AEIO";                 /* 4 */

bool pronounce(char password[PRONOUNCE_MAX])
{
	static const char pattern[] = "CVCV-CVCV-99-CVCV";
	uint8_t random[sizeof(pattern) - 1];
	unsigned i = 0;

	do {
		if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
			return false;
	} while (random[10] >= 250 || random[11] >= 250); /* so that all digits are alike */
	for (; pattern[i] != '\0'; i++)
		password[i] = pattern[i] == 'C'   ? consonants[random[i] % 16]
			      : pattern[i] == 'V' ? vowels[random[i] % 4]
			      : pattern[i] == '9' ? (char)('0' + random[i] % 10)
						  : pattern[i];
	password[i] = '\0';
	return true;
}
