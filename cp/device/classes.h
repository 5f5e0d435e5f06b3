/*
 * classes.h - the device classes by name, for the table in class.c.
 *
 * Several names share one file: a 3505 is a 2540 reader that says another type.
 */
#ifndef CP_DEVICE_CLASSES_H
#define CP_DEVICE_CLASSES_H

#include <cp/unitrecord.h>

extern const struct device_class class_console;
extern const struct device_class class_reader_2540, class_reader_2501, class_reader_3505;
extern const struct device_class class_punch_2540, class_punch_3525;
extern const struct device_class class_printer_1403, class_printer_3203, class_printer_3211;
int reader_close(struct device *d, enum unit_close how);

extern const struct device_class class_disk_9336, class_disk_3370;

#endif
