/*
 * primes.c - a program that computes: PRIMES <n> counts the primes below n (100000 when nothing is said).
 *
 * Owns: nothing. It shows what a compute-bound guest costs (Ready says how much CPU it took), and, with a large n, that
 * HX stops it.
 *
 * Simplification: trial division, on purpose: slow.
 */
#include "calls.h"

static int is_prime(uint32_t n)
{
	for (uint32_t divisor = 2; divisor * divisor <= n; divisor++)
		if (n % divisor == 0)
			return 0;
	return 1;
}

int program(const char *arguments)
{
	uint32_t limit = 0, found = 0;
	static const char greeting[] = "Counting; HX stops it";
	char line[32] = "Primes: ";
	char digits[12];
	size_t length = 8, n = 0;

	for (; *arguments >= '0' && *arguments <= '9' && limit < 100000000; arguments++)
		limit = limit * 10 + (uint32_t)(*arguments - '0');
	if (limit == 0)
		limit = 100000;
	cms_write(greeting, sizeof(greeting) - 1);
	for (uint32_t candidate = 2; candidate < limit; candidate++)
		found += (uint32_t)is_prime(candidate);
	do
		digits[n++] = (char)('0' + found % 10);
	while (found /= 10);
	while (n)
		line[length++] = digits[--n];
	cms_write(line, length);
	return 0;
}
