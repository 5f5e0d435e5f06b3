/*
 * channel.h - the virtual channel subsystem's own constants and functions.
 *
 * Bits are in the words of the architecture, numbered from the left there. Sources: z/Architecture Principles of Operation,
 * chapters 14 (instructions), 15 (ORB, CCW, IDAW, channel programs), 16 (SCSW, IRB).
 */
#ifndef S390X_CHANNEL_H
#define S390X_CHANNEL_H

#include <cp/device.h>
#include <cp/vm.h>

/* Path-management-control word, word 1. */
#define PMCW_ISC               0x38000000u
#define PMCW_ISC_SHIFT         27
#define PMCW_ENABLED           0x00800000u
#define PMCW_LIMIT             0x00600000u
#define PMCW_MEASURE           0x00180000u
#define PMCW_MULTIPATH         0x00040000u
#define PMCW_VALID             0x00010000u /* V: device number is valid */
#define PMCW_NUMBER            0x0000ffffu
#define PMCW_MODIFIABLE        (PMCW_ISC | PMCW_ENABLED | PMCW_LIMIT | PMCW_MEASURE | PMCW_MULTIPATH)
#define PMCW_RESERVED          0xc3000000u /* must be zero in MODIFY SUBCHANNEL's operand */
#define PMCW6_RESERVED         0xff1ffff8u
#define PMCW6_CONCURRENT_SENSE 0x00000001u
#define PMCW6_MODIFIABLE       0x00000007u
#define PATH                   0x80u /* every device has the one path */

/* Subchannel-status word, word 0. */
#define SCSW_FROM_ORB          0xf8f80000u /* key, S, F, P, I, A, U stand where the ORB has them */
#define SCSW_EXTENDED          0x00020000u /* E: the extended-control word holds something */
#define SCSW_START             0x00004000u /* function control */
#define SCSW_HALT              0x00002000u
#define SCSW_CLEAR             0x00001000u
#define SCSW_FUNCTION          0x00007000u
#define SCSW_RESUME_PENDING    0x00000800u /* activity control */
#define SCSW_SUBCHANNEL_ACTIVE 0x00000080u
#define SCSW_DEVICE_ACTIVE     0x00000040u
#define SCSW_SUSPENDED         0x00000020u
#define SCSW_ACTIVITY          0x00000fe0u
#define SCSW_ALERT             0x00000010u /* status control */
#define SCSW_INTERMEDIATE      0x00000008u
#define SCSW_PRIMARY           0x00000004u
#define SCSW_SECONDARY         0x00000002u
#define SCSW_PENDING           0x00000001u
#define SCSW_STATUS            0x0000001fu

/* Subchannel status (channel status), as a byte. */
#define CHANNEL_PCI              0x80
#define CHANNEL_INCORRECT_LENGTH 0x40
#define CHANNEL_PROGRAM_CHECK    0x20
#define CHANNEL_PROTECTION_CHECK 0x10
#define CHANNEL_DATA_CHECK       0x08
#define CHANNEL_CONTROL_CHECK    0x04
#define CHANNEL_CHAINING_CHECK   0x01

/* Operation-request block, word 1. */
#define ORB_KEY_SHIFT          28
#define ORB_SUSPEND            0x08000000u
#define ORB_FORMAT_1           0x00800000u
#define ORB_SUPPRESS_SUSPENDED 0x00080000u
#define ORB_TRANSPORT          0x00040000u /* B: not installed, as is MIDAW (D) */
#define ORB_IDAW_64            0x00020000u /* H */
#define ORB_IDAW_2K            0x00010000u /* T */
#define ORB_PATHS              0x0000ff00u
#define ORB_RESERVED           (ORB_TRANSPORT | 0x0000007eu)

/* CCW flags. */
#define CCW_CHAIN_DATA        0x80
#define CCW_CHAIN_COMMAND     0x40
#define CCW_SUPPRESS_LENGTH   0x20
#define CCW_SKIP              0x10
#define CCW_PCI               0x08
#define CCW_INDIRECT          0x04
#define CCW_MORE_AREAS        (CCW_CHAIN_DATA | CCW_INDIRECT)
#define CCW_SUSPEND           0x02
#define CCW_MODIFIED_INDIRECT 0x01

/* program.c: run the channel program from its position until it ends, waits or is suspended. May sleep. */
void program_run(struct device *d);

/* subchannel.c */
struct device *subchannel_find(struct vm *vm, uint32_t id);
bool subchannel_operational(const struct device *d); /* device there and subchannel enabled */
void subchannel_status(struct device *d, uint32_t control, uint8_t device, uint8_t channel);
void subchannel_interruption(struct device *d, bool pending);
void subchannel_clear_status(struct device *d); /* what TEST SUBCHANNEL clears */
void subchannel_irb(struct device *d, uint32_t irb[16]);
void subchannel_schib(const struct device *d, uint32_t schib[13]);
void subchannel_present(struct device *d); /* unsolicited status, if it can be shown now */

/* interrupt.c: the device whose interruption comes next among the ISCs of cr6; NULL if none. */
struct device *interruption_next(struct vm *vm, uint64_t cr6);
void interruption_identify(const struct device *d, uint32_t id[3]);

/* report.c: a channel report about this subchannel; the oldest one as a CRW (0 and false: none); it has been fetched. */
void report_post(struct vm *vm, uint16_t subchannel);
bool report_first(const struct vm *vm, uint32_t *crw);
void report_taken(struct vm *vm);

/* chsc.c: carry out the command in the block, if its length field is valid. */
#define CHSC_SIZE 4096u
bool chsc_valid(const uint8_t *block);
void chsc_command(struct vm *vm, uint8_t *block);

static inline uint32_t subchannel_id(const struct device *d)
{
	return 0x00010000u | d->arch.number;
}

#endif
