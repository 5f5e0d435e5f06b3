/*
 * ipl.c - starting, stopping and signalling a virtual machine.
 *
 * Owns: IPL, BEGIN, STOP, SYSTEM, EXTERNAL, READY, ATTN and DEFINE STORAGE. Before: vm.c, whose service task does what is
 * asked. After: the port's IPL. Heritage: DMKCFP, DMKCPB, DMKCFG, DMKVMI.
 * Simplification: where there is no saved system CMS, IPL CMS means IPL 190.
 *
 * Each of them posts a request. A typed command waits until it has been carried out, so that the next typed line finds
 * the machine as it then is; one that came by DIAGNOSE must not wait, for the machine waits for it to end.
 */
#include <cp/arch.h>
#include <cp/console.h>
#include <cp/link.h>
#include <cp/saved.h>
#include <cp/session_private.h>
#include <cp/string.h>

#include "commands.h"

static int ask(struct command *c, uint32_t requests)
{
	if (c->vm->session && requests & (REQUEST_IPL | REQUEST_START | REQUEST_RESTART))
		c->vm->session->cp_read = false;
	vm_request(c->vm, requests);
	if (c->session && !vcpu_self())
		vm_settle(c->vm);
	return 0;
}

/* A program that had its machine reset is not there to read an answer: its user is told. */
static void tell(struct command *c, const char *text)
{
	if (c->vcpu)
		vm_write(c->vm, "%s", text);
	else
		reply_line(c, "%s", text);
}

/* ---- IPL ------------------------------------------------------------------------ */

static int ipl_parm(struct command *c, unsigned n, struct ipl_settings *ipl)
{
	if (strlen(c->rest[n]) >= sizeof(ipl->parm))
		return reply_message(c, MSG_IPL_PARM_LONG, (unsigned)sizeof(ipl->parm) - 1);
	string_copy(ipl->parm, sizeof(ipl->parm), c->rest[n]);
	return 0;
}

static int ipl_loadparm(struct command *c, unsigned n, struct ipl_settings *ipl)
{
	size_t length = strlen(c->token[n]);

	if (length < 1 || length > 8)
		return reply_message(c, MSG_LOADPARM_INVALID);
	memcpy(ipl->loadparm, c->token[n], length);
	return 0;
}

static int ipl_options(struct command *c, struct ipl_settings *ipl)
{
	int rc = 0;

	for (unsigned n = 2; n < c->count && rc == 0; n++) {
		if (operand_is(c, n, "CLEAR", 2))
			ipl->clear = true;
		else if (operand_is(c, n, "NOCLEAR", 5))
			ipl->clear = false;
		else if (operand_is(c, n, "STOP", 4))
			ipl->stop = true;
		else if (operand_is(c, n, "LOADPARM", 4))
			rc = ipl_loadparm(c, ++n, ipl);
		else if (operand_is(c, n, "PARM", 4))
			return ipl_parm(c, n + 1, ipl);
		else
			rc = reply_message(c, MSG_INVALID_OPTION, c->token[n]);
	}
	return rc;
}

static bool can_ipl(const struct device *d)
{
	return strcmp(d->class->query_name, "DASD") == 0 || strcmp(d->class->query_name, "RDR") == 0;
}

bool ipl_by_name(struct ipl_settings *ipl, const char *name)
{
	bool saved = saved_find(SAVED_SYSTEM, NULL, name) != NULL, cms = strcmp(name, "CMS") == 0;

	if (saved)
		string_copy(ipl->system, sizeof(ipl->system), name);
	if (cms)
		ipl->vdev = CMS_VDEV;
	return saved || cms;
}

/* A device number, or else a name. */
static int ipl_what(struct command *c, struct ipl_settings *ipl)
{
	uint64_t number;

	if (strlen(c->token[1]) <= 4 && string_hex(c->token[1], &number))
		return operand_vdev(c, 1, &ipl->vdev);
	return ipl_by_name(ipl, c->token[1]) ? 0 : reply_message(c, MSG_SYSTEM_UNKNOWN, c->token[1]);
}

static int ipl_device_check(struct command *c, uint16_t vdev)
{
	const struct device *d = device_find(c->vm, vdev);

	if (!d)
		return reply_message(c, MSG_NO_DEVICE, vdev == CMS_VDEV ? "0190" : c->token[1]);
	return can_ipl(d) ? 0 : reply_message(c, MSG_NOT_IPLABLE, c->token[1]);
}

/* A saved system is all that its machine's storage holds, and leaves it as a whole. */
int cmd_ipl(struct command *c)
{
	struct ipl_settings ipl = {.loadparm = "        "};
	int rc = ipl_what(c, &ipl);

	if (rc == 0)
		rc = ipl_options(c, &ipl);
	if (rc == 0 && !ipl.system[0])
		rc = ipl_device_check(c, ipl.vdev);
	if (rc)
		return rc;
	ipl.clear = ipl.clear || ipl.system[0] || c->vm->storage.base;
	c->vm->ipl = ipl;
	return ask(c, (ipl.clear ? REQUEST_CLEAR : 0) | REQUEST_IPL);
}

/* ---- stopped and running ----------------------------------------------------------- */

int cmd_begin(struct command *c)
{
	uint64_t address;

	if (!c->vm->loaded && c->count == 1 && c->vm->cpu[0]->state == VCPU_STOPPED)
		return reply_message(c, MSG_NOT_RUNNABLE); /* neither IPLed nor restarted since its reset */
	if (c->count > 1) {
		if (!string_hex(c->token[1], &address))
			return reply_message(c, MSG_HEXLOC, c->token[1]);
		arch_vcpu_set_address(c->vm->cpu[0], address);
	}
	return ask(c, REQUEST_START);
}

/* "CP" says who reads the next line. */
int cmd_stop(struct command *c)
{
	ask(c, REQUEST_STOP);
	tell(c, "CP");
	return 0;
}

int cmd_system(struct command *c)
{
	if (operand_is(c, 1, "RESTART", 4))
		return ask(c, REQUEST_RESTART);
	if (operand_is(c, 1, "CLEAR", 5))
		ask(c, REQUEST_RESET | REQUEST_CLEAR);
	else if (operand_is(c, 1, "RESET", 5))
		ask(c, REQUEST_RESET);
	else
		return reply_message(c, MSG_INVALID_OPTION, c->token[1]);
	tell(c, operand_is(c, 1, "CLEAR", 5) ? "STORAGE CLEARED - SYSTEM RESET" : "SYSTEM RESET");
	return 0;
}

/* ---- signals ------------------------------------------------------------------------ */

#define INTERRUPT_KEY 0x40

int cmd_external(struct command *c)
{
	uint64_t code = INTERRUPT_KEY;

	if (c->count > 1 && (strlen(c->token[1]) > 4 || !string_hex(c->token[1], &code)))
		return reply_message(c, MSG_INVALID_OPERAND, c->token[1]);
	arch_vcpu_external(c->vm->cpu[0], (uint16_t)code);
	vcpu_kick(c->vm->cpu[0]);
	return 0;
}

int cmd_ready(struct command *c)
{
	struct device *d;
	int rc = operand_device(c, 1, &d);

	if (rc == 0)
		device_attention(d, STATUS_DEVICE_END);
	return rc;
}

int cmd_attention(struct command *c)
{
	return console_attention(c->vm) ? 0 : reply_message(c, MSG_NO_DEVICE, "CONSOLE");
}

/* ---- DEFINE STORAGE -------------------------------------------------------------------- */

void size_text(uint64_t bytes, char *dst, size_t size)
{
	if (bytes >= 1ull << 30 && bytes % (1ull << 30) == 0)
		format(dst, size, "%uG", (unsigned)(bytes >> 30));
	else if (bytes % (1ull << 20) == 0)
		format(dst, size, "%uM", (unsigned)(bytes >> 20));
	else
		format(dst, size, "%uK", (unsigned)(bytes >> 10));
}

/* A machine of another size is another machine: all it held is gone, and it waits for an IPL. */
int define_storage(struct command *c)
{
	char is[16], limit[16], line[32];
	uint64_t bytes;
	int rc = operand_storage(c, 2, &bytes);

	if (rc)
		return rc;
	if (bytes > c->vm->max_storage) {
		size_text(c->vm->max_storage, limit, sizeof(limit));
		return reply_message(c, MSG_STORAGE_LIMIT, c->token[2], limit);
	}
	c->vm->wanted_storage = (bytes + SEGMENT_SIZE - 1) & ~(uint64_t)(SEGMENT_SIZE - 1);
	size_text(c->vm->wanted_storage, is, sizeof(is));
	ask(c, REQUEST_RESET | REQUEST_CLEAR);
	format(line, sizeof(line), "STORAGE = %s", is);
	tell(c, line);
	tell(c, "STORAGE CLEARED - SYSTEM RESET");
	return 0;
}
