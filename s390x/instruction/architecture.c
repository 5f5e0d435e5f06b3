/*
 * architecture.c - the guest architectures, described. Source: PoP chapter
 * 3, "Assigned Storage Locations", and the ESA/390 PoP's same table.
 */
#include <arch/guest.h>

const struct guest_architecture guest_z = {
	.name = "z/Architecture",
	.prefix_mask = 0x7fffe000,
	.prefix_size = 0x2000,
	.prefix_block = ~0x1fffull,
	.old_psw = {0x120, 0x130, 0x140, 0x150, 0x160, 0x170},
	.new_psw = {0x1a0, 0x1b0, 0x1c0, 0x1d0, 0x1e0, 0x1f0},
	.teid = 0xa8,
	.per_address = 0x98,
	.monitor_code = 0xb0,
	.address_size = 8,
};

const struct guest_architecture guest_esa390 = {
	.name = "ESA/390",
	.short_psw = true,
	.prefix_mask = 0x7ffff000,
	.prefix_size = 0x1000,
	.prefix_block = ~0xfffull,
	.old_psw = {0x08, 0x18, 0x20, 0x28, 0x30, 0x38},
	.new_psw = {0x00, 0x58, 0x60, 0x68, 0x70, 0x78},
	.teid = 0x90,
	.per_address = 0x98,
	.monitor_code = 0x9c,
	.address_size = 4,
};
