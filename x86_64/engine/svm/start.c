/*
 * start.c - the processor's side of SVM: turned on, and the maps that all guests share.
 *
 * Owns: engine_start(), the permission maps for ports and MSRs, and a new control block. Comes after svm.h; called by
 * boot/machine.c and by instruction/vcpu.c. Source: AMD64 Architecture Programmer's Manual volume 2, 15.4, 15.10, 15.11.
 *
 * No optional feature of SVM is required but nested paging; the others are used where the control block shows their work (the
 * address of the next instruction) and not asked for.
 * Known simplification: one real CPU starts guests; the maps are made when it does.
 */
#include <arch/cpu.h>
#include <arch/engine.h>
#include <arch/real.h>
#include <arch/svm.h>
#include <cp/arch.h>
#include <cp/heap.h>
#include <cp/string.h>

#define MSR_EFER          0xc0000080
#define MSR_VM_CR         0xc0010114
#define MSR_VM_HSAVE_PA   0xc0010117
#define VM_CR_DISABLED    0x10
#define LEAF_SVM          0x8000000a
#define SVM_NESTED_PAGING 1
#define LEAF_FEATURES     0x80000001
#define FEATURE_RDTSCP    (1u << 27)

#define CR0_EMULATE       0x4ull
#define CR0_TASK_SWITCHED 0x8ull
#define CR4_OSFXSR        0x200ull
#define CR4_OSXMMEXCPT    0x400ull

#define IO_MAP_FRAMES  3 /* one bit a port, and the last port may be accessed four bytes wide */
#define MSR_MAP_FRAMES 2

static frame_t io_map, msr_map;

/* These the guest reads and writes itself: VMLOAD and VMSAVE switch them. */
static const uint32_t own_msrs[] = {
	0x174,      0x175,      0x176,                  /* SYSENTER_CS, _ESP, _EIP */
	0xc0000081, 0xc0000082, 0xc0000083, 0xc0000084, /* STAR, LSTAR, CSTAR, SFMASK */
	0xc0000100, 0xc0000101, 0xc0000102,             /* FS_BASE, GS_BASE, KERNEL_GS_BASE */
};

/* These ports the guest writes itself: all they do is take time, and kernels write one after each access to a slow device. */
static const uint16_t own_ports[] = {0x80, 0xed};

/* Two bits an MSR: 2 KiB of the map for each of the ranges 0, C0000000 and C0010000. */
static void msr_open(uint32_t msr)
{
	unsigned range = msr < 0xc0000000 ? 0 : msr < 0xc0010000 ? 1 : 2;
	unsigned bit = (msr & 0x1fff) * 2;

	((uint8_t *)(uintptr_t)msr_map)[range * 0x800 + bit / 8] &= (uint8_t) ~(3u << bit % 8);
}

static bool maps_make(void)
{
	io_map = frame_alloc_run(IO_MAP_FRAMES);
	msr_map = frame_alloc_run(MSR_MAP_FRAMES);
	if (!io_map || !msr_map)
		return false;
	memset((void *)(uintptr_t)io_map, 0xff, IO_MAP_FRAMES * PAGE_SIZE);
	memset((void *)(uintptr_t)msr_map, 0xff, MSR_MAP_FRAMES * PAGE_SIZE);
	for (unsigned n = 0; n < ARRAY_SIZE(own_msrs); n++)
		msr_open(own_msrs[n]);
	for (unsigned n = 0; n < ARRAY_SIZE(own_ports); n++)
		((uint8_t *)(uintptr_t)io_map)[own_ports[n] / 8] &= (uint8_t) ~(1u << own_ports[n] % 8);
	return true;
}

/* FXSAVE and the SSE registers are to work in CP, which switches them. */
static void registers_open(void)
{
	uint64_t cr0, cr4;

	__asm__ volatile("mov %%cr0, %0" : "=r"(cr0));
	__asm__ volatile("mov %0, %%cr0" : : "r"((cr0 & ~(CR0_EMULATE | CR0_TASK_SWITCHED)) | CR0_MP));
	__asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
	__asm__ volatile("mov %0, %%cr4" : : "r"(cr4 | CR4_OSFXSR | CR4_OSXMMEXCPT));
}

static const char *lacks(struct engine_cpu *c)
{
	uint32_t value[4];

	if (!real_machine.svm)
		return "this processor has no SVM (AMD-V), or the firmware has locked it; on QEMU try -cpu max";
	cpuid(LEAF_SVM, 0, value);
	if (!(value[3] & SVM_NESTED_PAGING))
		return "this processor's SVM has no nested paging; on QEMU try -cpu max";
	if (msr_read(MSR_VM_CR) & VM_CR_DISABLED)
		return "SVM is switched off in the firmware's settings";
	c->asids = value[1];
	cpuid(LEAF_FEATURES, 0, value);
	c->rdtscp = value[3] & FEATURE_RDTSCP;
	return c->asids < 2 ? "this processor's SVM has no address-space identifiers" : NULL;
}

const char *engine_start(struct cpu *cpu)
{
	struct engine_cpu *c = &cpu->arch.engine;
	const char *refusal = lacks(c);
	frame_t save = frame_alloc();

	if (refusal)
		return refusal;
	c->host = frame_alloc();
	if (!save || !c->host || !maps_make())
		return "there is not enough real storage";
	c->asid_generation = 1; /* 0 is a guest that has none */
	c->asid_next = c->asids;
	registers_open();
	msr_write(MSR_EFER, msr_read(MSR_EFER) | EFER_SVME | EFER_NXE);
	msr_write(MSR_VM_HSAVE_PA, save);
	__asm__ volatile("vmsave %%rax" : : "a"(c->host) : "memory");
	return NULL;
}

int svm_create(struct vcpu *v)
{
	struct vmcb *b = (struct vmcb *)(uintptr_t)frame_alloc();

	if (!b)
		return CP_NO_STORAGE;
	v->arch.vmcb = b;
	b->cr_write = STOP_CR4;
	b->exceptions = EXCEPTIONS_ALWAYS;
	b->intercepts = STOP_INTR | STOP_NMI | STOP_SMI | STOP_INIT | STOP_CR0 | STOP_TR_WRITE | STOP_RDPMC |
			STOP_CPUID | STOP_RSM | STOP_INVD | STOP_HLT | STOP_INVLPGA | STOP_IOIO | STOP_MSR |
			STOP_FREEZE | STOP_SHUTDOWN;
	b->intercepts2 = STOP2_VMRUN | STOP2_VMMCALL | STOP2_VMLOAD | STOP2_VMSAVE | STOP2_STGI | STOP2_CLGI |
			 STOP2_SKINIT | STOP2_WBINVD | STOP2_MONITOR | STOP2_MWAIT | STOP2_MWAIT_ARMED |
			 STOP2_XSETBV;
	b->io_map = io_map;
	b->msr_map = msr_map;
	b->virtual_interrupt = VIRTUAL_INTR_MASKING;
	b->nested_enable = NESTED_PAGING;
	b->nested_cr3 = v->vm->arch.nested;
	return 0;
}

void svm_destroy(struct vcpu *v)
{
	frame_free((frame_t)(uintptr_t)v->arch.vmcb);
	v->arch.vmcb = NULL;
}
