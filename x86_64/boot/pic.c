/*
 * pic.c - the two 8259 interrupt controllers.
 *
 * Owns: their set-up, masks and ends of interruption. Used by interrupt.c.
 * The second one's requests come in on line 2 of the first.
 * Source: Intel 8259A data sheet.
 */
#include <arch/interrupt.h>
#include <arch/real.h>

#define CASCADE  2
#define ICW1     0x11 /* edges, two controllers, a fourth word follows */
#define ICW4     0x01 /* 8086 mode */
#define READ_ISR 0x0b
#define END      0x20

/* Ports of command and data of each, and its first vector. */
static const struct {
	uint16_t command, data;
	uint8_t vector, cascade;
} pics[2] = {
	{0x20, 0x21, VECTOR_IRQ, 1 << CASCADE},
	{0xa0, 0xa1, VECTOR_IRQ + 8, CASCADE},
};

void pic_init(void)
{
	for (unsigned n = 0; n < 2; n++) {
		outb(pics[n].command, ICW1);
		outb(pics[n].data, pics[n].vector);
		outb(pics[n].data, pics[n].cascade);
		outb(pics[n].data, ICW4);
		outb(pics[n].data, 0xff); /* all masked */
	}
	pic_unmask(CASCADE);
}

void pic_unmask(unsigned irq)
{
	uint16_t port = pics[irq / 8].data;

	outb(port, inb(port) & ~(1u << irq % 8));
}

/* Each controller reports a request that went away as its line 7, which is then not in service. */
bool pic_genuine(unsigned irq)
{
	if (irq % 8 != 7)
		return true;
	outb(pics[irq / 8].command, READ_ISR);
	if (inb(pics[irq / 8].command) & 0x80)
		return true;
	if (irq >= 8) /* the first one believes in it */
		outb(pics[0].command, END);
	return false;
}

void pic_end(unsigned irq)
{
	if (irq >= 8)
		outb(pics[1].command, END);
	outb(pics[0].command, END);
}
