/*
 * probe.c - has this machine interpretive execution, and does it work?
 *
 * Owns: CP's first use of SIE, at bring-up: a guest of one instruction, in CP's own storage (V=R), that cannot but be
 * intercepted. Comes after s390x/io/sclp.c, which knows what the CPUs say they can; before run.c.
 *
 * The trial is not only for show: the first instruction that Hercules 3.13 ever interprets, if its page is not there,
 * leaves the guest's PSW two bytes past it.
 */
#include <arch/io.h>
#include <arch/sie.h>
#include <arch/trap.h>

#define V_EQUALS_R 0x08
#define STORAGE    0xfffff /* the first MiB: CP's image is there */
#define STIDP      0xb202

bool sie_probe(struct arch_vcpu *pseudo)
{
	static struct sie_block b __attribute__((aligned(512)));
	unsigned class;

	if (!sclp_sie())
		return false;
	b.mode = SIE_MODE_XA | V_EQUALS_R;
	b.mode_z = SIE_MODE_Z;
	b.end = STORAGE;
	b.last_cpu = 0xffff;
	b.cpu_timer = INT64_MAX;
	b.clock_comparator = TOD_NEVER;
	b.psw = (struct psw){PSW_EA | PSW_BA, (uint64_t)(uintptr_t)sie_stub};
	while ((class = sie_enter(pseudo, &b)) != EXIT_SIE)
		trap_serve(pseudo, class);
	return b.code == SIE_INSTRUCTION && (b.text[0] << 8 | b.text[1]) == STIDP;
}
