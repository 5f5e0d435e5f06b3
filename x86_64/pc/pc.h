/*
 * pc.h - the parts of the virtual PC as they know each other.
 *
 * Private to pc/; what others may call is in <arch/pc.h>. Each part owns its structure; ports.c's table says which ports reach it.
 */
#ifndef X86_64_PC_PC_H
#define X86_64_PC_PC_H

#include <arch/pc.h>
#include <cp/vm.h>

struct device;

/* Interruption request lines, as on every PC. */
enum { IRQ_TIMER = 0, IRQ_SLAVE = 2, IRQ_COM1 = 4, IRQ_CLOCK = 8 };

/* ---- pic.c: one of the two 8259s --------------------------------------------- */

struct pic_chip {
	uint8_t lines;     /* level of each request line */
	uint8_t latch;     /* rises not yet acknowledged, for lines that work by edge */
	uint8_t service;   /* in-service register */
	uint8_t mask;      /* interrupt mask register */
	uint8_t level;     /* ELCR: these lines work by level */
	uint8_t cascade;   /* so does the slave's line, on the master */
	uint8_t vector;    /* of line 0 */
	uint8_t lowest;    /* line with the lowest priority */
	uint8_t await;     /* initialization: the command word that comes next (2, 3, 4); 0: none */
	bool single;       /* ICW1: no ICW3 */
	bool fourth;       /* ICW1: there is an ICW4 */
	bool all_level;    /* ICW1: all lines work by level */
	bool nested;       /* ICW4: special fully nested mode */
	bool automatic;    /* ICW4: automatic end of interruption */
	bool rotate;       /* and priorities rotate with it */
	bool special_mask; /* masked in-service lines hold nothing up */
	bool read_service; /* the next reads show the in-service register */
	bool poll;         /* the next read acknowledges */
};

uint8_t pic_in(struct vm *vm, uint16_t port);
int pic_out(struct vm *vm, uint16_t port, uint8_t value);
uint8_t pic_level_in(struct vm *vm, uint16_t port);
int pic_level_out(struct vm *vm, uint16_t port, uint8_t value);
void pic_reset(struct vm *vm);
bool pic_masked(const struct vm *vm, unsigned irq); /* at its own 8259 */

/* ---- pit.c: the 8254, and port 61 that drives its third counter ---------------- */

struct pit_counter {
	uint8_t control;  /* access, mode, BCD: as in the control word */
	uint8_t low;      /* first byte of a count in two */
	bool second;      /* the second byte is to be written next */
	bool read_second; /* and to be read next */
	bool counting;    /* a count was written */
	bool gate;
	uint32_t reload; /* 1 to 65536 */
	tod_t start;     /* when it began to count down */
	uint64_t held;   /* gate low: ticks counted until then */
	uint64_t edge;   /* tick of the next rise of the output; 0: none */
	bool count_latched, status_latched;
	uint16_t count;
	uint8_t status;
};

struct pit {
	uint8_t control; /* port 61 as written: gate of counter 2, speaker, parity */
	struct pit_counter counter[3];
};

uint8_t pit_in(struct vm *vm, uint16_t port);
int pit_out(struct vm *vm, uint16_t port, uint8_t value);
uint8_t pit_speaker_in(struct vm *vm, uint16_t port);
int pit_speaker_out(struct vm *vm, uint16_t port, uint8_t value);
void pit_reset(struct vm *vm);
void pit_advance(struct vm *vm, tod_t now);
tod_t pit_due(const struct vm *vm);

/* ---- cmos.c, clock.c: 128 bytes, some of which are a clock ---------------------- */

struct cmos {
	uint8_t index;
	uint8_t data[128];
	int64_t offset; /* the guest's clock less CP's, in seconds */
	tod_t second;   /* next second to look at, for alarm and update interruptions; 0: none */
	tod_t period;   /* next periodic interruption; 0: none */
};

/* Registers that are the clock's. */
enum {
	CLOCK_SECONDS = 0,
	CLOCK_MINUTES = 2,
	CLOCK_HOURS = 4,
	CLOCK_WEEKDAY = 6,
	CLOCK_DAY = 7,
	CLOCK_MONTH = 8,
	CLOCK_YEAR = 9,
	CLOCK_A = 10,
	CLOCK_B = 11,
	CLOCK_C = 12,
	CLOCK_D = 13,
	CLOCK_CENTURY = 0x32
};

uint8_t cmos_in(struct vm *vm, uint16_t port);
int cmos_out(struct vm *vm, uint16_t port, uint8_t value);
void cmos_reset(struct vm *vm);
bool clock_register(uint8_t index);
uint8_t clock_read(struct vm *vm, uint8_t index);
void clock_write(struct vm *vm, uint8_t index, uint8_t value);
void clock_advance(struct vm *vm, tod_t now);
tod_t clock_due(const struct vm *vm);

/* ---- uart.c: COM1, a 16550A --------------------------------------------------------- */

#define UART_FIFO 16

struct uart {
	uint8_t enable;  /* IER */
	uint8_t control; /* FCR */
	uint8_t line;    /* LCR */
	uint8_t modem;   /* MCR */
	uint8_t scratch;
	uint16_t divisor;
	uint8_t errors;  /* LSR: overrun, break */
	uint8_t changes; /* MSR: deltas */
	bool empty;      /* the transmitter ran empty and nobody has been told */
	bool held;       /* it is not empty: the terminal is behind */
	uint8_t fifo[UART_FIFO];
	uint8_t head, count;
};

uint8_t uart_in(struct vm *vm, uint16_t port);
int uart_out(struct vm *vm, uint16_t port, uint8_t value);
bool uart_out_run(struct vm *vm, uint16_t port, const uint8_t *bytes, unsigned n);
void uart_reset(struct vm *vm);
/* The console has a line for the guest; the line was broken (ATTN). */
void uart_input(struct vm *vm);
/* The terminal has caught up. */
void uart_drained(struct vm *vm);
void uart_break(struct vm *vm);

/* ---- control.c: reset, power, and what is left of the keyboard controller ------------- */

uint8_t keyboard_in(struct vm *vm, uint16_t port);
int keyboard_out(struct vm *vm, uint16_t port, uint8_t value);
uint8_t fast_in(struct vm *vm, uint16_t port);
int fast_out(struct vm *vm, uint16_t port, uint8_t value);
uint8_t reset_in(struct vm *vm, uint16_t port);
int reset_out(struct vm *vm, uint16_t port, uint8_t value);
uint32_t power_in(struct vm *vm, uint16_t port, unsigned size);
int power_out(struct vm *vm, uint16_t port, unsigned size, uint32_t value);

/* ---- pci.c, virtio.c, block.c ----------------------------------------------------------- */

uint32_t pci_address_in(struct vm *vm, uint16_t port, unsigned size);
int pci_address_out(struct vm *vm, uint16_t port, unsigned size, uint32_t value);
uint32_t pci_data_in(struct vm *vm, uint16_t port, unsigned size);
int pci_data_out(struct vm *vm, uint16_t port, unsigned size, uint32_t value);
/* The device whose base address a port lies behind, and how far; NULL: nobody's. */
struct device *pci_device_at(struct vm *vm, uint16_t port, uint16_t *offset);
/* Raise or lower INTA of d: looks at its status registers. */
void pci_interrupt(struct device *d);
/* Where INTA of a slot goes. */
uint8_t pci_irq(uint8_t slot);
void pci_create(struct device *d);
void pci_reset(struct device *d);
#define PCI_IRQS  (1 << 5 | 1 << 9 | 1 << 10 | 1 << 11)
#define PCI_PORTS 64 /* behind a base address */

uint32_t virtio_port_in(struct device *d, uint16_t offset, unsigned size);
int virtio_port_out(struct device *d, uint16_t offset, unsigned size, uint32_t value);
void virtio_port_reset(struct device *d);

/* A request of the guest: its pieces of storage, as one descriptor chain names them. */
#define REQUEST_PIECES 256
struct request {
	struct piece {
		gabs_t address;
		uint32_t length;
		bool in; /* the device writes it */
	} piece[REQUEST_PIECES];
	unsigned pieces;
	uint64_t out, in; /* bytes of either kind */
	uint8_t *buffer;  /* REQUEST_BUFFER bytes */
};
#define REQUEST_BUFFER 131072u /* what CP's own disks move at once */

/* Copy n bytes between CP and the request's pieces of one kind, from byte `offset` of them on. 0, > 0 outside storage, < 0. */
int request_read(struct vm *vm, const struct request *r, uint64_t offset, void *buf, size_t n);
int request_write(struct vm *vm, const struct request *r, uint64_t offset, const void *buf, size_t n);

/* block.c: carry out one request on a minidisk; *written counts bytes stored in the guest. 0; > 0 the request is not one; < 0. */
int block_request(struct device *d, struct request *r, uint32_t *written);
uint64_t block_capacity(const struct device *d); /* sectors */
uint32_t block_features(const struct device *d);
/* Was it loaded as the guest or CP could have set it? */
bool pci_possible(const struct device *d);
bool pit_possible(const struct pit_counter *c);

/* A timer was set, or its line masked: pc_due() is to be asked again before the guest runs on. */
void pc_due_changed(struct vm *vm);

/* ---- the machine ------------------------------------------------------------------------- */

#define UNKNOWN_PORTS 32

struct pc {
	struct pic_chip pic[2]; /* master, slave */
	struct cmos cmos;
	struct uart com1;
	uint8_t reset; /* port CF9 as written */
	uint32_t pci_address;
	struct request *request; /* made by the first one */
	uint16_t unknown_port[UNKNOWN_PORTS];
	uint64_t unknown_count[UNKNOWN_PORTS]; /* the last element counts all others */
	struct pit pit;
};

#endif
