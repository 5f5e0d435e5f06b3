/*
 * probe.c - which driver serves which real device.
 *
 * Before it: arch_probe(), once tasks run. After it: the drivers.
 * The operator's line, line 0, is a 3215 at device number 0009 when there is
 * one (Hercules; a virtual machine of CP itself), else the SCLP console. So
 * SCLP is asked last.
 * Known simplification: devices are looked for once, at start.
 */
#include <arch/io.h>
#include <cp/types.h>
#include "css.h"

static const struct {
	uint16_t cu_type;
	uint8_t cu_model; /* 0 is any */
	void (*probe)(struct real_device *d);
} drivers[] = {
	{0x3832, 2, virtio_blk_probe}, /* virtio by CCW: the model is the virtio device id */
	{0x3832, 3, virtio_serial_probe}, {0x6310, 0, fba_probe}, /* 9336 */
	{0x3880, 0, fba_probe}, /* 3370, and other disks: fba.c looks at the device type */
	{0x3215, 0, tty3215_probe},       {0x1052, 0, tty3215_probe},
};

static void device_found(struct real_device *d)
{
	for (unsigned i = 0; i < ARRAY_SIZE(drivers); i++) {
		if (drivers[i].cu_type != real_cu_type(d))
			continue;
		if (!drivers[i].cu_model || drivers[i].cu_model == d->sense_id.cu_model)
			drivers[i].probe(d);
	}
}

void io_probe(void)
{
	real_scan(device_found);
	sclp_probe();
}
