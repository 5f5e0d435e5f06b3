/*
 * cpuid.c - CPUID: what processor a guest believes it has.
 *
 * Owns: the table of what is shown of the real one. Only what CP virtualizes is: every other bit is 0, every other leaf all
 * zeros, so that a processor of the future shows nothing that CP does not know. Comes after driver.c. On s390x:
 * instruction/identity.c. Source: AMD64 Architecture Programmer's Manual volume 3, appendix E.
 *
 * Not shown, because not virtualized: SVM, the local APIC and its timers, MTRRs and machine checks, MONITOR, performance
 * counters, XSAVE and what needs it (AVX), PCID, memory protection keys, SMEP and SMAP.
 */
#include <arch/instruction.h>
#include <arch/real.h>
#include <cp/arch.h>
#include <cp/format.h>

#define ALL            UINT32_MAX
#define LEAF_MAX       7u
#define HYPERVISOR_MAX 0x40000000u
/* A second hypervisor interface beside CP's own, as others have it too: of KVM's, only the clock (pvclock.c), and that port accesses
 * need no delay. */
#define KVM_LEAF         0x40000100u
#define KVM_FEATURES     0x40000101u
#define KVM_NO_DELAY     (1u << 1)
#define KVM_CLOCK        (1u << 3)
#define KVM_CLOCK_STABLE (1u << 24)
#define EXTENDED_MAX     0x80000008u

/* Leaf 1. ECX: SSE3 PCLMULQDQ SSSE3 CMPXCHG16B SSE4.1 SSE4.2 MOVBE POPCNT AES RDRAND. EDX: FPU DE PSE TSC MSR PAE CX8 SEP
 * PGE CMOV PAT PSE36 CLFLUSH MMX FXSR SSE SSE2. */
#define LEAF1_ECX     0x42d82203u
#define LEAF1_ECX_SET 0x80000000u /* there is a hypervisor */
#define LEAF1_EDX     0x078ba97du
/* Leaf 7 EBX: ERMS. */
#define LEAF7_EBX 0x00000200u
/* Leaf 80000001. ECX: LAHF, ABM, SSE4A, MISALIGNSSE, PREFETCHW. EDX: as leaf 1, and SYSCALL NX MMXEXT 1GB RDTSCP LM. */
#define EXTENDED_ECX 0x000001e1u
#define EXTENDED_EDX 0x2dd3a97du

/* What is shown is the real value & mask | set. */
static const struct cpuid_entry {
	uint32_t leaf;
	uint32_t mask[4], set[4]; /* EAX EBX ECX EDX */
} entries[] = {
	{0x00000000, {0, ALL, ALL, ALL}, {LEAF_MAX, 0, 0, 0}},
	{0x00000001, {ALL, 0xff00, LEAF1_ECX, LEAF1_EDX}, {0, 1 << 16, LEAF1_ECX_SET, 0}},
	{0x00000002, {ALL, ALL, ALL, ALL}, {0, 0, 0, 0}},
	{0x00000004, {0x3fff, ALL, ALL, ALL}, {0, 0, 0, 0}},
	{0x00000007, {0, LEAF7_EBX, 0, 0}, {0, 0, 0, 0}},
	{0x40000000, {0, 0, 0, 0}, {HYPERVISOR_MAX, 0x342f4d56 /* "VM/4" */, 0x00000030 /* "0" */, 0}},
	{KVM_LEAF, {0, 0, 0, 0}, {KVM_FEATURES, 0x4b4d564b, 0x564b4d56, 0x0000004d}}, /* "KVMKVMKVM" */
	{KVM_FEATURES, {0, 0, 0, 0}, {KVM_CLOCK | KVM_CLOCK_STABLE | KVM_NO_DELAY, 0, 0, 0}},
	{0x80000000, {0, ALL, ALL, ALL}, {EXTENDED_MAX, 0, 0, 0}},
	{0x80000001, {ALL, 0, EXTENDED_ECX, EXTENDED_EDX}, {0, 0, 0, 0}},
	{0x80000002, {ALL, ALL, ALL, ALL}, {0, 0, 0, 0}},
	{0x80000003, {ALL, ALL, ALL, ALL}, {0, 0, 0, 0}},
	{0x80000004, {ALL, ALL, ALL, ALL}, {0, 0, 0, 0}},
	{0x80000005, {ALL, ALL, ALL, ALL}, {0, 0, 0, 0}},
	{0x80000006, {ALL, ALL, ALL, ALL}, {0, 0, 0, 0}},
	{0x80000007, {0, 0, 0, 1 << 8}, {0, 0, 0, 0}}, /* the TSC is invariant */
	{0x80000008, {0xffff, 0, 0, 0}, {0, 0, 0, 0}}, /* widths of addresses */
};

static const struct cpuid_entry *entry_find(uint32_t leaf)
{
	for (unsigned n = 0; n < ARRAY_SIZE(entries); n++)
		if (entries[n].leaf == leaf)
			return &entries[n];
	return NULL;
}

static uint32_t shown(const struct cpuid_entry *e, unsigned subleaf, unsigned n)
{
	uint32_t value[4];

	cpuid(e->leaf, subleaf, value);
	return (value[n] & e->mask[n]) | e->set[n];
}

/* The registers whose bits are features, a bit each. */
static const struct feature_word {
	uint32_t leaf;
	uint8_t n;
	const char *name;
} feature_words[] = {
	{0x00000001, 2, "ECX"}, {0x00000001, 3, "EDX"}, {0x00000007, 1, "EBX"}, {KVM_FEATURES, 0, "EAX"},
	{0x80000001, 2, "ECX"}, {0x80000001, 3, "EDX"}, {0x80000007, 3, "EDX"},
};

bool arch_facility(const struct vm *vm, unsigned n, char *text, size_t size)
{
	(void)vm;
	for (unsigned w = 0; w < ARRAY_SIZE(feature_words); w++) {
		const struct feature_word *f = &feature_words[w];
		uint32_t bits = shown(entry_find(f->leaf), 0, f->n);

		for (unsigned bit = 0; bit < 32; bit++)
			if (bits >> bit & 1 && n-- == 0) {
				format(text, size, "CPUID %08X %s BIT %u", f->leaf, f->name, bit);
				return true;
			}
	}
	return false;
}

int sim_cpuid(struct vcpu *v)
{
	static const uint8_t registers[4] = {RAX, RBX, RCX, RDX};
	uint64_t *gpr = v->arch.gpr;
	const struct cpuid_entry *e = entry_find((uint32_t)gpr[RAX]);
	uint32_t subleaf = (uint32_t)gpr[RCX];

	for (unsigned n = 0; n < 4; n++)
		gpr[registers[n]] = e ? shown(e, subleaf, n) : 0;
	return 0;
}

void describe_cpuid(const struct vcpu *v, char *text, size_t size)
{
	format(text, size, "%08X.%X", (unsigned)v->arch.gpr[RAX], (unsigned)v->arch.gpr[RCX]);
}
