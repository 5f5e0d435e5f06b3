/*
 * device.h - virtual devices, as classes.
 *
 * A class knows what a device does with ONE operation (control, read, write,
 * sense); how operations are chained, counted and where their data lies in
 * guest storage is the port's (s390x/channel/). exec() never touches guest
 * storage: it sees a CP buffer.
 *
 * Status uses the channel's bits on every port. A device that must wait for
 * a person (console read with no line typed) answers DEVICE_WAIT and later
 * calls device_ready(): the operation is then executed again. Nothing of it
 * is on a stack meanwhile, so the machine can be saved in that state.
 *
 * Heritage: VDEVBLOK; DMKCNS, DMKVSP, DMKVIO.
 */
#ifndef CP_DEVICE_H
#define CP_DEVICE_H

#include <arch/device.h>
#include <cp/list.h>
#include <cp/state.h>

struct vm;
struct device;

/* Unit status. */
#define STATUS_ATTENTION        0x80
#define STATUS_MODIFIER         0x40
#define STATUS_CONTROL_UNIT_END 0x20
#define STATUS_BUSY             0x10
#define STATUS_CHANNEL_END      0x08
#define STATUS_DEVICE_END       0x04
#define STATUS_UNIT_CHECK       0x02
#define STATUS_UNIT_EXCEPTION   0x01
#define STATUS_ENDED            (STATUS_CHANNEL_END | STATUS_DEVICE_END)

/* Sense byte 0. */
#define SENSE_COMMAND_REJECT        0x80
#define SENSE_INTERVENTION_REQUIRED 0x40
#define SENSE_BUS_OUT_CHECK         0x20
#define SENSE_EQUIPMENT_CHECK       0x10
#define SENSE_DATA_CHECK            0x08

#define SENSE_MAX 32

/* One operation as a class sees it. */
struct operation {
	uint8_t *data;    /* in for write/control, out for read/sense */
	unsigned command; /* the CCW command code; its low bits say write, read, control, sense */
	uint32_t count;   /* bytes offered (write) or wanted (read) */
	uint32_t done;    /* set by exec: bytes taken or given */
	unsigned status;  /* set by exec: unit status; STATUS_ENDED when all is well */
	bool first;       /* first of the chain (resets e.g. an FBA extent) */
	bool chained;     /* another operation follows by command chaining */
	bool more;        /* set by exec: the record was longer than count (incorrect length) */
	bool immediate;   /* set by exec: ended without any data transfer (no incorrect length) */
};

enum { DEVICE_DONE = 0, DEVICE_WAIT = 1 };

struct device_class {
	const char *name;       /* "3215", "2540R" ... as the directory and QUERY say */
	const char *query_name; /* "CONS", "RDR", "PUN", "PRT", "DASD" */
	uint16_t cu_type, type; /* SENSE ID */
	uint8_t cu_model, model;
	uint8_t sense_size; /* bytes that SENSE gives */
	size_t size;        /* of the class's private structure, allocated zeroed with the device */
	/* text: the class's part of the directory record; 0 or a negative CP_ value */
	int (*create)(struct device *d);
	void (*destroy)(struct device *d);
	void (*reset)(struct device *d); /* system reset, CLEAR SUBCHANNEL; must not sleep */
	int (*exec)(struct device *d,
		    struct operation *o); /* DEVICE_DONE, DEVICE_WAIT, or < 0; may sleep for CP's own I/O */
	void (*halt)(struct device *d);   /* give up a waiting operation */
	void (*ended)(struct device *d);  /* the channel program has ended; may be NULL */
	/* One line for QUERY VIRTUAL, after "DASD 0191 ". */
	void (*query)(struct device *d, char *line, size_t size);
	const struct state_field *state; /* of the private structure */
	int (*loaded)(
		struct device *
			d); /* its state was loaded: make what follows from it. < 0: it cannot be. May be NULL */
};

struct device {
	struct list list; /* vm->devices */
	struct vm *vm;
	uint16_t vdev;
	const struct device_class *class;
	void *private;
	uint8_t sense[SENSE_MAX];
	unsigned active;         /* tasks that work on it and may sleep: device_hold() */
	struct arch_device arch; /* subchannel, or a PC's ports */
};

extern const struct state_field device_state[];

/* Classes by their directory name ("3215", "3505", "2540R", "2540P", "3525", "1403", "3203", "3211", "9336",
 * "3370"; "2540" alone is the reader); NULL if unknown. */
const struct device_class *device_class_find(const char *name);
/* A name by which it is found. */
const char *device_class_name(const struct device_class *class);
/* vm gets a new device; class->create may read private set-up left by init (called before create). NULL: no
 * storage or vdev in use. */
struct device *device_create(struct vm *vm, uint16_t vdev, const struct device_class *class,
			     void (*init)(struct device *d, void *argument), void *argument);
/* Waits until nobody works on it. May sleep. */
void device_destroy(struct device *d);
/* Keep d from being destroyed or reset while the caller sleeps inside an operation on it. */
void device_hold(struct device *d);
void device_release(struct device *d);
/* Sleep until nobody holds it. */
void device_settle(struct device *d);
struct device *device_find(struct vm *vm, uint16_t vdev);
/* First device of a class by its query_name ("CONS"); NULL if none. */
struct device *device_find_kind(struct vm *vm, const char *query_name);
/* All devices of a machine: reset, and destroy (LOGOFF). May sleep. */
void devices_reset(struct vm *vm);
void devices_destroy(struct vm *vm);
/* One operation by class->exec, with what all devices have in common: SENSE (04), SENSE ID (E4), NOP (03), sense
 * data cleared before and made after. DEVICE_DONE, DEVICE_WAIT or < 0. */
int device_exec(struct device *d, struct operation *o);
/* For classes: end the operation with unit check and this sense byte 0; returns DEVICE_DONE. */
int device_check(struct device *d, struct operation *o, uint8_t sense);

/* From a class: a waiting operation can go on now. */
void device_ready(struct device *d);
/* From a class: unsolicited status (attention, device end). */
void device_attention(struct device *d, uint8_t status);

#endif
