/*
 * main.c - runs the suites of the virtual PC.
 */
#include "world.h"
#include <CUnit/Basic.h>

int main(void)
{
	int failed;

	CU_initialize_registry();
	suite_pic();
	suite_timer();
	suite_uart();
	suite_pci();
	suite_disk();
	suite_ipl();
	suite_state();
	suite_fuzz();
	CU_basic_run_tests();
	failed = (int)CU_get_number_of_tests_failed();
	CU_cleanup_registry();
	return failed != 0;
}
