#include "world.h"
void suite_calls(void) {}
