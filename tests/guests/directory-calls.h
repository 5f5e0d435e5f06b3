/*
 * What a guest of either machine asks of CP's directory: DIAGNOSE X'3C' and X'84', all that they do and all that they refuse.
 *
 * The guest prints what came of each call; who may make them, and whether the users then find what was changed, is for the test to see.
 * Before it: runtime/. After it: directory-calls.c of each machine, which makes the call.
 * Known simplification: the test's volume has a newer object directory when the guest begins.
 */
#ifndef DIRECTORY_CALLS_H
#define DIRECTORY_CALLS_H

/* Made by the machine's own file. False: refused, with the exception that a privileged instruction would have. */
struct answer {
	unsigned code, cc;
};
static int call(const char *name, unsigned function, const void *list, unsigned length, struct answer *a);
static uint8_t letter(char c);

static int refused, made;

static void field(uint8_t *to, unsigned size, const char *text)
{
	while (size-- > 0)
		*to++ = letter(*text ? *text++ : ' ');
}

static void judge(int good, const struct answer *a, unsigned code, unsigned cc)
{
	made += good;
	refused += !good;
	if (!good)
		return;
	expect("return code", a->code == code);
	expect("condition code", a->cc == cc);
}

/* An operation of X'84'. */
static void update(const char *userid, const char *operation, const char *operand, unsigned code, unsigned cc)
{
	static uint8_t list[48] __attribute__((aligned(8)));
	unsigned length = 0;
	struct answer a;
	int good;

	field(list, 8, userid);
	field(list + 8, 8, operation);
	while (operand[length])
		length++;
	field(list + 16, length, operand);
	good = call(operation, 0x84, list, 16 + length, &a);
	judge(good, &a, code, cc);
}

static void swap(const char *volume, unsigned code, unsigned cc)
{
	static uint8_t label[8] __attribute__((aligned(8)));
	struct answer a;
	int good;

	field(label, 6, volume);
	good = call(volume, 0x3c, label, 6, &a);
	judge(good, &a, code, cc);
}

static int directory_calls(void)
{
	swap("VM40V1", 0, 0);
	swap("VM40V1", 4, 1); /* there is no newer one */
	swap("NOSUCH", 8, 2);
	update("STUDENT2", "LOGPASS", "WAHRHEIT", 0, 0);
	update("STUDENT2", "PRIVLEGE", "BG", 0, 0);
	update("STUDENT2", "MAXSTOR", "64M", 0, 0);
	update("STUDENT2", "STORAGE", "40M", 0, 0);
	update("NOBODY", "STORAGE", "20M", 4, 1);
	update("STUDENT2", "SHOESIZE", "44", 8, 1);
	update("STUDENT2", "STORAGE", "65M", 12, 1); /* beyond its maximum */
	update("STUDENT2", "PRIVLEGE", "?", 12, 1);
	print("directory calls: %d made, %d refused\n", made, refused);
	return failures;
}

#endif
