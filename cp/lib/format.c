/*
 * format.c - text from numbers, and dates from the clock.
 *
 * Owns: format() and the calendar. Before: string.c. After: everything that says something.
 * Simplification: no floating point, no locale; dates are the years 1900 to 2042 of the TOD clock, in UTC.
 */
#include <cp/format.h>
#include <cp/string.h>

/* Where the text goes: counts on when the buffer is full, so that the caller learns the length. */
struct output {
	char *dst;
	size_t size, length;
};

/* One conversion: %[-][0][width][.precision][h|l|ll|z]letter */
struct conversion {
	bool left, zero;
	unsigned width, longs;
	int precision; /* -1: not given */
	char letter;
};

static void put(struct output *o, char c)
{
	if (o->length + 1 < o->size)
		o->dst[o->length] = c;
	o->length++;
}

static void put_text(struct output *o, const char *text, size_t n)
{
	size_t room = o->length + 1 < o->size ? o->size - 1 - o->length : 0;

	if (room)
		memcpy(o->dst + o->length, text, n < room ? n : room);
	o->length += n;
}

static void put_many(struct output *o, char c, int n)
{
	while (n-- > 0)
		put(o, c);
}

static void put_padded(struct output *o, const struct conversion *c, const char *text, size_t length)
{
	int pad = (int)c->width - (int)length;

	if (!c->left)
		put_many(o, ' ', pad);
	put_text(o, text, length);
	if (c->left)
		put_many(o, ' ', pad);
}

/* %-8.8s of a field without a terminator must not look beyond the precision. */
static void put_string(struct output *o, const struct conversion *c, const char *s)
{
	size_t length;

	if (!s)
		s = "(null)";
	length = c->precision < 0 ? strlen(s) : string_length(s, (size_t)c->precision);
	put_padded(o, c, s, length);
}

static void put_number(struct output *o, struct conversion *c, uint64_t value, bool negative)
{
	const char *digits = c->letter == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
	unsigned base = c->letter == 'x' || c->letter == 'X' ? 16 : 10;
	char text[24];
	size_t at = sizeof(text);

	do {
		text[--at] = digits[value % base];
		value /= base;
	} while (value);
	if (negative && c->zero && !c->left) { /* the sign stands before the zeros */
		put(o, '-');
		c->width -= c->width > 0;
	} else if (negative) {
		text[--at] = '-';
	}
	if (c->zero && !c->left) {
		put_many(o, '0', (int)c->width - (int)(sizeof(text) - at));
		c->width = 0;
	}
	put_padded(o, c, text + at, sizeof(text) - at);
}

static int64_t signed_argument(va_list *ap, unsigned longs)
{
	return longs == 0 ? va_arg(*ap, int) : longs == 1 ? va_arg(*ap, long) : va_arg(*ap, long long);
}

static uint64_t unsigned_argument(va_list *ap, unsigned longs)
{
	return longs == 0   ? va_arg(*ap, unsigned)
	       : longs == 1 ? va_arg(*ap, unsigned long)
			    : va_arg(*ap, unsigned long long);
}

static const char *parse_number(const char *f, va_list *ap, int *value)
{
	int n = 0;

	if (*f == '*') {
		*value = va_arg(*ap, int);
		return f + 1;
	}
	for (; *f >= '0' && *f <= '9'; f++)
		n = n < 10000 ? n * 10 + (*f - '0') : n;
	*value = n;
	return f;
}

/* What follows a '%'. Returns the place after it. */
static const char *parse(const char *f, struct conversion *c, va_list *ap)
{
	int width;

	*c = (struct conversion){.precision = -1};
	for (;; f++) {
		if (*f == '-')
			c->left = true;
		else if (*f == '0')
			c->zero = true;
		else
			break;
	}
	f = parse_number(f, ap, &width);
	if (width < 0) {
		c->left = true;
		width = -width;
	}
	c->width = width;
	if (*f == '.')
		f = parse_number(f + 1, ap, &c->precision);
	for (; *f == 'l' || *f == 'h' || *f == 'z'; f++)
		c->longs += *f != 'h';
	c->letter = *f;
	return *f ? f + 1 : f;
}

static void convert(struct output *o, struct conversion *c, va_list *ap)
{
	int64_t n;
	char one;

	switch (c->letter) {
	case 'd':
	case 'i':
		n = signed_argument(ap, c->longs);
		put_number(o, c, n < 0 ? -(uint64_t)n : (uint64_t)n, n < 0);
		break;
	case 'u':
	case 'x':
	case 'X':
		put_number(o, c, unsigned_argument(ap, c->longs), false);
		break;
	case 'c':
		one = (char)va_arg(*ap, int);
		put_padded(o, c, &one, 1);
		break;
	case 's':
		put_string(o, c, va_arg(*ap, const char *));
		break;
	case '\0':
		break;
	default: /* %% and what nobody should have written */
		put(o, c->letter);
	}
}

int format_v(char *dst, size_t size, const char *fmt, va_list ap)
{
	struct output o = {.dst = dst, .size = size};
	const char *end = fmt + strlen(fmt), *percent;
	va_list args;

	va_copy(args, ap);
	while ((percent = memchr(fmt, '%', (size_t)(end - fmt))) != NULL) {
		struct conversion c;

		put_text(&o, fmt, (size_t)(percent - fmt));
		fmt = parse(percent + 1, &c, &args);
		convert(&o, &c, &args);
	}
	put_text(&o, fmt, (size_t)(end - fmt));
	va_end(args);
	if (size)
		dst[o.length < size ? o.length : size - 1] = '\0';
	return (int)o.length;
}

int format(char *dst, size_t size, const char *fmt, ...)
{
	va_list ap;
	int length;

	va_start(ap, fmt);
	length = format_v(dst, size, fmt, ap);
	va_end(ap);
	return length;
}

static bool leap(unsigned year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static unsigned month_days(unsigned year, unsigned month)
{
	static const uint8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return days[month - 1] + (month == 2 && leap(year));
}

#define FOUR_YEARS 1461u /* in days */

void calendar_from_tod(tod_t t, struct calendar *c)
{
	uint64_t seconds = t / TOD_SECOND;
	unsigned days = seconds / 86400;

	c->second = seconds % 60;
	c->minute = seconds / 60 % 60;
	c->hour = seconds / 3600 % 24;
	c->weekday = (days + 1) % 7; /* the epoch was a Monday */
	c->year = 1900;
	if (days >= 365) { /* from 1901 on every fourth year is a leap year, for longer than the clock goes */
		c->year += 1 + (days - 365) / FOUR_YEARS * 4;
		days = (days - 365) % FOUR_YEARS;
	}
	for (; days >= 365u + leap(c->year); c->year++)
		days -= 365u + leap(c->year);
	for (c->month = 1;; c->month++) {
		unsigned length = month_days(c->year, c->month);

		if (days < length)
			break;
		days -= length;
	}
	c->day = days + 1;
}

tod_t calendar_to_tod(const struct calendar *c)
{
	uint64_t days = c->day - 1;

	for (unsigned year = 1900; year < c->year; year++)
		days += 365u + leap(year);
	for (unsigned month = 1; month < c->month; month++)
		days += month_days(c->year, month);
	return (((days * 24 + c->hour) * 60 + c->minute) * 60 + c->second) * TOD_SECOND;
}

/* Three numbers of two digits. Not by format(): every LOGON, Ready and message has some. */
static void put_three(char dst[9], unsigned first, unsigned second, unsigned third, char between)
{
	const unsigned numbers[3] = {first, second, third};

	for (unsigned i = 0; i < 3; i++, dst += 3) {
		dst[0] = (char)('0' + numbers[i] / 10 % 10);
		dst[1] = (char)('0' + numbers[i] % 10);
		dst[2] = i < 2 ? between : '\0';
	}
}

void calendar_time(const struct calendar *c, char dst[9])
{
	put_three(dst, c->hour, c->minute, c->second, ':');
}

void calendar_date(const struct calendar *c, char dst[9])
{
	put_three(dst, c->month, c->day, c->year, '/');
}

const char *calendar_weekday(const struct calendar *c)
{
	static const char *const names[7] = {"SUNDAY",   "MONDAY", "TUESDAY", "WEDNESDAY",
					     "THURSDAY", "FRIDAY", "SATURDAY"};

	return names[c->weekday % 7];
}
