/*
 * unit.h - what every unit test program of the nucleus has in common: a table of tests, and main().
 */
#ifndef UNIT_H
#define UNIT_H

#include <CUnit/Basic.h>
#include <hosted.h>

struct unit_test {
	const char *name;
	void (*run)(void);
};

/* Names are sentences: "state: save, load, equal". Returns what main() is to return. */
static inline int unit_run(const char *suite, const struct unit_test *tests, unsigned count)
{
	CU_pSuite s;
	unsigned failed;

	if (CU_initialize_registry() != CUE_SUCCESS)
		return 1;
	s = CU_add_suite(suite, NULL, NULL);
	for (unsigned i = 0; i < count; i++)
		CU_add_test(s, tests[i].name, tests[i].run);
	CU_basic_set_mode(CU_BRM_VERBOSE);
	CU_basic_run_tests();
	failed = CU_get_number_of_failures();
	CU_cleanup_registry();
	return failed != 0;
}

#define UNIT_MAIN(suite, tests)                                                                              \
	int main(void)                                                                                       \
	{                                                                                                    \
		return unit_run(suite, tests, ARRAY_SIZE(tests));                                            \
	}

/* Run a function as a task of CP; it must come to its end. */
#define UNIT_IN_TASK(function, argument) CU_ASSERT_TRUE(hosted_run(function, argument))

#endif
