/*
 * A guest that computes one long chain of hashes and tells it as it goes: chain.h.
 * Before it: compute.c. After it: nothing. Known simplification: no timer and no device but the console.
 */
#include "runtime/guest.h"
#include "chain.h"

int main(void)
{
	chain();
	return 0;
}
