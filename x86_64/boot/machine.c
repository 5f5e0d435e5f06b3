/*
 * machine.c - the real machine under this port.
 *
 * Owns: what the machine is and whether CP can run on it, this CPU's
 * structure, idling and stopping. Comes after start.S; called by main.c and
 * the scheduler. Heritage: DMKCPI, DMKDSP's wait.
 */
#include <arch/boot.h>
#include <arch/debug_exit.h>
#include <arch/interrupt.h>
#include <arch/real.h>
#include <arch/segment.h>
#include <cp/arch.h>
#include <cp/format.h>
#include <cp/heap.h>
#include <cp/panic.h>
#include <cp/string.h>
#include <cp/timer.h>

#define LEAF_HYPERVISOR 0x40000000
#define LEAF_FEATURES   0x80000001
#define LEAF_BRAND      0x80000002
#define LEAF_SVM        0x8000000a
#define MSR_VM_CR       0xc0010114
#define SVM_DISABLED    (1 << 4)

enum { EAX, EBX, ECX, EDX };

struct real_machine real_machine;

struct cpu this_cpu;

extern char task_start[];

struct cpu *arch_cpu(void)
{
	return &this_cpu;
}

/* ---- what it is -------------------------------------------------------------- */

static bool feature(uint32_t leaf, unsigned word, unsigned bit)
{
	uint32_t r[4];

	cpuid(leaf & 0x80000000, 0, r);
	if (r[EAX] < leaf)
		return false;
	cpuid(leaf, 0, r);
	return r[word] >> bit & 1;
}

static void names_read(void)
{
	uint32_t r[4];

	for (unsigned n = 0; n < 3; n++)
		cpuid(LEAF_BRAND + n, 0, (uint32_t *)(void *)(real_machine.brand + n * 16));
	for (char *end = real_machine.brand + strlen(real_machine.brand);
	     end > real_machine.brand && end[-1] == ' ';)
		*--end = '\0';
	if (feature(1, ECX, 31)) {
		cpuid(LEAF_HYPERVISOR, 0, r);
		memcpy(real_machine.hypervisor, &r[EBX], 12);
	}
}

static void svm_read(void)
{
	uint32_t r[4];

	real_machine.svm = feature(LEAF_FEATURES, ECX, 2) && !(msr_read(MSR_VM_CR) & SVM_DISABLED);
	if (!real_machine.svm)
		return;
	cpuid(LEAF_SVM, 0, r);
	real_machine.address_spaces = r[EBX];
	real_machine.svm_features = r[EDX];
	real_machine.nested_paging = r[EDX] & 1;
}

const char *arch_description(void)
{
	static char text[120];

	format(text, sizeof(text), "x86_64, %s, %lu MB%s%s", real_machine.brand, frames_total() / 256,
	       real_machine.hypervisor[0] ? ", in a machine of " : "", real_machine.hypervisor);
	return text;
}

/* ---- coming up ------------------------------------------------------------------ */

static _Noreturn void refuse(enum stop_code code, const char *what, const char *advice)
{
	log_line("VM/40 CANNOT START: %s", what);
	log_line("This processor is \"%s\"%s%s.", real_machine.brand,
		 real_machine.hypervisor[0] ? " in a machine of " : "", real_machine.hypervisor);
	if (advice)
		log_line("%s", advice);
	arch_stop(code);
}

static void check_processor(void)
{
	const char *advice = "On QEMU, try -cpu max.";

	if (!feature(1, EDX, 9))
		refuse(STOP_PROCESSOR, "the processor has no local APIC, whose timer CP needs.", advice);
	if (real_machine.svm && real_machine.nested_paging)
		return;
	if (real_machine.svm)
		refuse(STOP_PROCESSOR, "the processor's SVM lacks nested paging.", advice);
	if (feature(LEAF_FEATURES, ECX, 2))
		refuse(STOP_PROCESSOR, "the firmware has disabled the processor's SVM.",
		       "Look for \"SVM\" or \"virtualization\" in its set-up.");
	if (feature(1, ECX, 5))
		refuse(STOP_PROCESSOR, "the processor has VMX. CP knows only SVM, of AMD's processors.",
		       advice);
	refuse(STOP_PROCESSOR, "the processor has no SVM (AMD's hardware assistance for virtual machines).",
	       advice);
}

void arch_init(void)
{
	const char *refusal;
	struct boot boot;

	serial_init();
	screen_init();
	segment_init();
	interrupt_init();
	names_read();
	svm_read();
	if (!boot_read(&boot))
		refuse(STOP_STORAGE, "the boot loader gave no map of storage.", NULL);
	acpi_init(boot.rsdp);
	check_processor();
	pic_init();
	apic_init();
	clock_init();
	this_cpu.arch.due = TOD_NEVER;
	if (!storage_init(&boot))
		refuse(STOP_STORAGE, "there is too little real storage.", NULL);
	refusal = engine_start(&this_cpu);
	if (refusal)
		refuse(STOP_PROCESSOR, refusal, NULL);
}

void arch_task_prepare(struct task *t)
{
	uint64_t *frame = (uint64_t *)(void *)(t->stack + TASK_STACK_SIZE - 72);

	frame[2] =
		(uintptr_t)
			t->argument; /* r13, r12 as arch_task_switch() loads them: r15 r14 r13 r12 rbp rbx */
	frame[3] = (uintptr_t)t->entry;
	frame[6] = (uintptr_t)task_start;
	t->stack_pointer = frame;
}

/* ---- waiting and stopping --------------------------------------------------------- */

/* STI opens after the next instruction only, so that nothing comes between it and HLT. */
void arch_idle(void)
{
	real_timer_arm(this_cpu.arch.due);
	__asm__ volatile("sti; hlt; cli" : : : "memory");
}

void arch_poll(void)
{
	real_interrupts_serve();
	if (this_cpu.arch.due <= arch_clock()) /* it may have been armed for somebody else */
		timer_expire(arch_clock());
}

/*
 * To QEMU by its isa-debug-exit. Else a clean end switches the machine off,
 * and any other leaves it standing with its last words on the screen.
 */
_Noreturn void arch_stop(unsigned code)
{
	if (inb(DEBUG_EXIT) == 0)
		outb(DEBUG_EXIT, (uint8_t)(DEBUG_CODE + code));
	if (code == STOP_CLEAN)
		acpi_power_off();
	for (;;)
		__asm__ volatile("cli; hlt");
}
