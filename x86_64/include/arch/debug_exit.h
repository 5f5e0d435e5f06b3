/*
 * debug_exit.h - QEMU's isa-debug-exit, by which CP says how it ended.
 *
 * It reads as 0 where it exists, and makes exit status 2 * value + 1.
 */
#ifndef ARCH_DEBUG_EXIT_H
#define ARCH_DEBUG_EXIT_H

#define DEBUG_EXIT 0xf4 /* port */
#define DEBUG_CODE 0x10 /* added to CP's code, so that the status cannot be one of QEMU's own */

#endif
