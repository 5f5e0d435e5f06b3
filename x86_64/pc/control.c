/*
 * control.c - ports that end things: reset by three ways, and the power.
 *
 * Owns: the keyboard controller's reset line (60, 64), port 92, the reset register (CF9), and the power port (604). Before: ports.c.
 * After: machine/vm.c, which carries the request out when the OUT is done. Source: Intel 8042, PIIX3 data sheets; 604 is where QEMU's
 * PC has the control register of its ACPI power management.
 * Simplification: there is no keyboard. The controller's status reads as on a bus without one, but for the bit that says that it takes
 * no command: a guest that resets by it does not wait. Address line 20 is always on.
 */
#include "pc.h"

#define KEYBOARD_STATUS 0x64
#define NO_KEYBOARD     0xff
#define INPUT_FULL      0x02
#define COMMAND_PULSE   0xf0 /* pulses output lines whose bit is 0 */
#define PULSE_RESET     0x01

#define FAST_RESET 0x01
#define FAST_A20   0x02

#define RESET_NOW     0x04
#define RESET_WRITTEN 0x0e

#define POWER_ENABLE 0x2000 /* SLP_EN */
#define POWER_TYPE   0x1c00 /* 0 is off; other states of sleep there are none */

/* The machine is reset and loads again what it was loaded with. */
static int reset(struct vm *vm)
{
	vm_request(vm, REQUEST_RESET | REQUEST_CLEAR | REQUEST_IPL);
	return 0;
}

uint8_t keyboard_in(struct vm *vm, uint16_t port)
{
	(void)vm;
	return port == KEYBOARD_STATUS ? NO_KEYBOARD & ~INPUT_FULL : NO_KEYBOARD;
}

int keyboard_out(struct vm *vm, uint16_t port, uint8_t value)
{
	bool pulse = port == KEYBOARD_STATUS && (value & COMMAND_PULSE) == COMMAND_PULSE;

	return pulse && !(value & PULSE_RESET) ? reset(vm) : 0;
}

uint8_t fast_in(struct vm *vm, uint16_t port)
{
	(void)vm, (void)port;
	return FAST_A20;
}

int fast_out(struct vm *vm, uint16_t port, uint8_t value)
{
	(void)port;
	return value & FAST_RESET ? reset(vm) : 0;
}

uint8_t reset_in(struct vm *vm, uint16_t port)
{
	(void)port;
	return vm->arch.pc->reset;
}

/* It is the rise that counts. */
int reset_out(struct vm *vm, uint16_t port, uint8_t value)
{
	uint8_t before = vm->arch.pc->reset;

	(void)port;
	vm->arch.pc->reset = value & RESET_WRITTEN;
	return value & (uint8_t)~before & RESET_NOW ? reset(vm) : 0;
}

uint32_t power_in(struct vm *vm, uint16_t port, unsigned size)
{
	(void)vm, (void)port, (void)size;
	return 0;
}

int power_out(struct vm *vm, uint16_t port, unsigned size, uint32_t value)
{
	(void)port;
	if (size >= 2 && (value & POWER_ENABLE) && !(value & POWER_TYPE))
		vm_stop(vm, 0, "the machine has turned its power off;");
	return 0;
}
