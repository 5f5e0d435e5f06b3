/*
 * fuzz.h - many runs of one thing with dice: seeds, workers, progress.
 *
 * Owns: the numbers on a fuzzing program's command line and the processes that share its runs. Before it: the sanitizers. After it:
 * test_directory_fuzz.c.
 * Each run has a seed of its own, which is printed when the run fails, crashes or does not end; the program with RUNS 1 and that SEED
 * does it again.
 * Simplification: a run that hangs is seen by a clock that ticks each second, not by a limit of its own.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <CUnit/Basic.h>
#include <sanitizer/common_interface_defs.h>
#include <sanitizer/lsan_interface.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define FUZZ_WORKERS_MAX 64
#define FUZZ_HANG        20 /* seconds that one run may take */
#define FUZZ_PROGRESS    60 /* seconds between two lines of progress */

static struct {
	uint64_t runs, first_seed;
	unsigned workers;
} fuzz;

static uint64_t fuzz_seed, fuzz_state;
static volatile uint64_t fuzz_done; /* runs of this worker */

/* The sanitizer's allocator spends most of its time on what a leak or an error would tell: two callers are enough here. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "malloc_context_size=2:quarantine_size_mb=4:thread_local_quarantine_size_kb=256:detect_stack_use_after_return=0";
}

/* xorshift64*; below > 0 */
static inline uint32_t dice(uint32_t below)
{
	fuzz_state ^= fuzz_state >> 12;
	fuzz_state ^= fuzz_state << 25;
	fuzz_state ^= fuzz_state >> 27;
	return (uint32_t)((fuzz_state * UINT64_C(2685821657736338717)) >> 32) % below;
}

static inline void fuzz_begin(uint64_t seed)
{
	fuzz_seed = seed;
	fuzz_state = seed * UINT64_C(0x9e3779b97f4a7c15) | 1;
	for (int i = 0; i < 4; i++)
		dice(2);
}

static inline void fuzz_died(void)
{
	fprintf(stderr, "fuzz: it was the run with seed %llu\n", (unsigned long long)fuzz_seed);
}

/* What a run says when something is not as it must be. */
static inline void fuzz_fail(const char *what)
{
	fprintf(stderr, "fuzz: %s\n", what);
	fuzz_died();
	_exit(1);
}

static inline void fuzz_tick(int signal)
{
	static uint64_t last = UINT64_MAX;
	static unsigned same;

	(void)signal;
	same = last == fuzz_done ? same + 1 : 0;
	last = fuzz_done;
	if (same >= FUZZ_HANG)
		fuzz_fail("a run does not end");
}

static inline void fuzz_worker(unsigned number, const char *what, bool (*run)(void), uint64_t runs,
			       volatile uint64_t *good)
{
	struct itimerval second = {{1, 0}, {1, 0}};
	uint64_t share = (runs + fuzz.workers - 1 - number) / fuzz.workers;
	time_t began = time(NULL), told = began;

	__sanitizer_set_death_callback(fuzz_died);
	signal(SIGALRM, fuzz_tick);
	setitimer(ITIMER_REAL, &second, NULL);
	for (uint64_t i = 0; i < share; i++) {
		fuzz_begin(fuzz.first_seed + number + i * fuzz.workers);
		*good += run();
		fuzz_done = i + 1;
		if (number == 0 && i % 256 == 0 && time(NULL) - told >= FUZZ_PROGRESS) {
			told = time(NULL);
			fprintf(stderr, "fuzz: %s: seed %llu of %llu, %llu runs/s a worker\n", what,
				(unsigned long long)fuzz_seed,
				(unsigned long long)(fuzz.first_seed + runs - 1),
				(unsigned long long)(i / (uint64_t)(told - began)));
		}
	}
	signal(SIGALRM, SIG_IGN);
	_exit(__lsan_do_recoverable_leak_check() != 0);
}

/* All runs, shared by the workers; returns for how many `run` said true. */
static inline uint64_t fuzz_all(const char *what, bool (*run)(void), uint64_t runs)
{
	uint64_t *good = mmap(NULL, FUZZ_WORKERS_MAX * sizeof(*good), PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t worker[FUZZ_WORKERS_MAX];
	time_t began = time(NULL);
	uint64_t sum = 0;
	int status;

	CU_ASSERT_FATAL(good != MAP_FAILED);
	fflush(NULL);
	for (unsigned i = 0; i < fuzz.workers; i++) {
		worker[i] = fork();
		if (worker[i] == 0)
			fuzz_worker(i, what, run, runs, &good[i]);
		CU_ASSERT_FATAL(worker[i] > 0);
	}
	for (unsigned i = 0; i < fuzz.workers; i++) {
		CU_ASSERT_EQUAL(waitpid(worker[i], &status, 0), worker[i]);
		CU_ASSERT_EQUAL(status, 0);
		sum += good[i];
	}
	munmap(good, FUZZ_WORKERS_MAX * sizeof(*good));
	printf("[seeds %llu to %llu, %u workers, %llu s: %llu got through] ",
	       (unsigned long long)fuzz.first_seed, (unsigned long long)(fuzz.first_seed + runs - 1),
	       fuzz.workers, (unsigned long long)(time(NULL) - began), (unsigned long long)sum);
	/* Dice that change nothing, or leave nothing whole, prove nothing. */
	CU_ASSERT_TRUE(runs < 100 || (sum > runs / 50 && sum < runs));
	return sum;
}

#endif
