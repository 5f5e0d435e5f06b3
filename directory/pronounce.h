/*
 * pronounce.h - passwords that can be said.
 */
#ifndef DIRECTORY_PRONOUNCE_H
#define DIRECTORY_PRONOUNCE_H

#include <stdbool.h>

#define PRONOUNCE_MAX 20 /* with the NUL */

/* A random password such as BAKO-TIMO-37-LEFO: 42 bits. False: the system gives no random numbers. */
bool pronounce(char password[PRONOUNCE_MAX]);

#endif
