/*
 * operand.c - operands that many commands have.
 *
 * Owns: device numbers, userids, sizes, ON and OFF: checked once, refused with the same message everywhere.
 * Before: parse.c. After: the command families. Heritage: DMKSCN's conversion entries.
 */
#include <cp/command.h>
#include <cp/string.h>

bool operand_is(struct command *c, unsigned n, const char *name, unsigned shortest)
{
	return n < c->count && command_abbreviates(c->token[n], name, shortest);
}

int operand_vdev(struct command *c, unsigned n, uint16_t *vdev)
{
	uint64_t value;

	if (strlen(c->token[n]) > 4 || !string_hex(c->token[n], &value))
		return reply_message(c, MSG_VDEV_MISSING);
	*vdev = value;
	return 0;
}

int operand_device(struct command *c, unsigned n, struct device **d)
{
	uint16_t vdev;
	int rc = operand_vdev(c, n, &vdev);

	if (rc)
		return rc;
	*d = device_find(c->vm, vdev);
	return *d ? 0 : reply_message(c, MSG_NO_DEVICE, c->token[n]);
}

int operand_userid(struct command *c, unsigned n, const char **userid)
{
	const char *token = c->token[n];

	if (strcmp(token, "*") == 0 && c->vm)
		token = c->vm->userid;
	if (token[0] == '\0')
		return reply_message(c, MSG_USERID_MISSING);
	if (strlen(token) > USERID_MAX)
		return reply_message(c, MSG_INVALID_USERID, token);
	*userid = token;
	return 0;
}

int operand_vm(struct command *c, unsigned n, struct vm **vm)
{
	const char *userid;
	int rc = operand_userid(c, n, &userid);

	if (rc)
		return rc;
	*vm = vm_find(userid);
	return *vm ? 0 : reply_message(c, MSG_NOT_LOGGED_ON, userid);
}

static unsigned unit_shift(char unit)
{
	switch (unit) {
	case 'K':
		return 10;
	case 'M':
		return 20;
	case 'G':
		return 30;
	}
	return 0;
}

int operand_storage(struct command *c, unsigned n, uint64_t *bytes)
{
	const char *token = c->token[n];
	size_t length = strlen(token);
	char digits[12];
	unsigned shift;
	uint64_t value;

	if (length < 2 || length > sizeof(digits))
		return reply_message(c, MSG_STORAGE_INVALID, token);
	string_copy(digits, length, token);
	shift = unit_shift(token[length - 1]);
	if (shift == 0 || !string_decimal(digits, &value) || value == 0 || value > UINT64_MAX >> shift)
		return reply_message(c, MSG_STORAGE_INVALID, token);
	*bytes = value << shift;
	return 0;
}

int operand_on_off(struct command *c, unsigned n, bool *on)
{
	*on = strcmp(c->token[n], "ON") == 0;
	if (*on || strcmp(c->token[n], "OFF") == 0)
		return 0;
	return reply_message(c, MSG_OPERAND_MISSING, c->token[n][0] ? c->token[n] : "ON or OFF");
}
