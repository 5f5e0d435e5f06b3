/*
 * memory.S - moving and setting bytes, and the ends of strings.
 *
 * Owns: memcpy(), memset(), words_set(), memchr(), strlen(), strcmp(). Before: nothing. After: everything; the rest of the handful is in
 * cp/lib/memory.c.
 *
 * Storage is moved through general registers, though MVC and XC do 256 bytes at once: QEMU (up to 8.1) notices of such a store only its
 * first byte. Code that it had translated from the other bytes stays valid, and is executed in place of what CP put there; and every
 * later store into such a page costs it a microsecond (tests/guests/differences.md).
 *
 * Most of what is moved is short: 16 bytes go by one load and one store of two registers. What is left at the end is moved together with
 * some bytes that are there already.
 */
	.section .text
	.globl	memcpy, memset, words_set, memchr, strlen, strcmp

/* ---- void *memcpy(void *to, const void *from, size_t n) ------------------------------------------------------- */

memcpy:
	lgr	%r5,%r2			/* %r2 is the value */
.Lmove_less:
	aghi	%r4,-16
	jl	.Lmove_short
	aghi	%r4,-48
	jhe	.Lmove_long
	aghi	%r4,32			/* n - 32 */
	jle	0f
	lmg	%r0,%r1,0(%r3)
	stmg	%r0,%r1,0(%r5)
	lmg	%r0,%r1,16(%r3)
	stmg	%r0,%r1,16(%r5)
	la	%r3,32(%r3)
	la	%r5,32(%r5)
	aghi	%r4,-32
0:	aghi	%r4,16			/* what is left, - 16 */
	jle	1f
	lmg	%r0,%r1,0(%r3)
	stmg	%r0,%r1,0(%r5)
1:	la	%r3,0(%r4,%r3)
	la	%r5,0(%r4,%r5)
	lmg	%r0,%r1,0(%r3)
	stmg	%r0,%r1,0(%r5)
	br	%r14

.Lmove_short:
	aghi	%r4,8			/* n - 8 */
	jl	0f
	lg	%r0,0(%r3)
	lg	%r1,0(%r4,%r3)
	stg	%r0,0(%r5)
	stg	%r1,0(%r4,%r5)
	br	%r14
0:	aghi	%r4,4			/* n - 4 */
	jl	1f
	l	%r0,0(%r3)
	l	%r1,0(%r4,%r3)
	st	%r0,0(%r5)
	st	%r1,0(%r4,%r5)
	br	%r14
1:	aghi	%r4,4
	jz	3f
2:	aghi	%r4,-1
	ic	%r0,0(%r4,%r3)
	stc	%r0,0(%r4,%r5)
	ltgr	%r4,%r4
	jnz	2b
3:	br	%r14

.Lmove_long:
	stmg	%r6,%r13,48(%r15)
	aghi	%r4,64			/* n */
	srlg	%r1,%r4,8
	ltgr	%r1,%r1
	jz	1f
0:	lmg	%r6,%r13,0(%r3)
	stmg	%r6,%r13,0(%r5)
	lmg	%r6,%r13,64(%r3)
	stmg	%r6,%r13,64(%r5)
	lmg	%r6,%r13,128(%r3)
	stmg	%r6,%r13,128(%r5)
	lmg	%r6,%r13,192(%r3)
	stmg	%r6,%r13,192(%r5)
	la	%r3,256(%r3)
	la	%r5,256(%r5)
	brctg	%r1,0b
1:	lghi	%r1,0xc0
	ngr	%r1,%r4
	jz	3f
	srlg	%r1,%r1,6
2:	lmg	%r6,%r13,0(%r3)
	stmg	%r6,%r13,0(%r5)
	la	%r3,64(%r3)
	la	%r5,64(%r5)
	brctg	%r1,2b
3:	lghi	%r1,63
	ngr	%r4,%r1
	lmg	%r6,%r13,48(%r15)
	jnz	.Lmove_less
	br	%r14

/* ---- void *memset(void *to, int byte, size_t n) --------------------------------------------------------------- */

memset:
	lgr	%r5,%r2
	lghi	%r0,255
	ngr	%r3,%r0
	jz	.Lset_less
	sllg	%r0,%r3,8
	ogr	%r3,%r0
	sllg	%r0,%r3,16
	ogr	%r3,%r0
	sllg	%r0,%r3,32
	ogr	%r3,%r0
.Lset_less:
	lgr	%r0,%r3			/* of %r0 and %r1 both, that they are stored as two */
	lgr	%r1,%r3
	aghi	%r4,-16
	jl	.Lset_short
	aghi	%r4,-48
	jhe	.Lset_long
	aghi	%r4,32			/* n - 32 */
	jle	0f
	stmg	%r0,%r1,0(%r5)
	stmg	%r0,%r1,16(%r5)
	la	%r5,32(%r5)
	aghi	%r4,-32
0:	aghi	%r4,16
	jle	1f
	stmg	%r0,%r1,0(%r5)
1:	la	%r5,0(%r4,%r5)
	stmg	%r0,%r1,0(%r5)
	br	%r14

.Lset_short:
	aghi	%r4,8
	jl	0f
	stg	%r3,0(%r5)
	stg	%r3,0(%r4,%r5)
	br	%r14
0:	aghi	%r4,8
	jz	2f
1:	stc	%r3,0(%r5)
	la	%r5,1(%r5)
	brctg	%r4,1b
2:	br	%r14

/* void words_set(void *to, uint64_t word, size_t n): n is a multiple of 8, and 64 or more. */
words_set:
	lgr	%r5,%r2
	aghi	%r4,-64

.Lset_long:
	stmg	%r6,%r13,48(%r15)
	lgr	%r6,%r3
	lgr	%r7,%r3
	lgr	%r8,%r3
	lgr	%r9,%r3
	lgr	%r10,%r3
	lgr	%r11,%r3
	lgr	%r12,%r3
	lgr	%r13,%r3
	aghi	%r4,64
	srlg	%r1,%r4,8
	ltgr	%r1,%r1
	jz	1f
0:	stmg	%r6,%r13,0(%r5)
	stmg	%r6,%r13,64(%r5)
	stmg	%r6,%r13,128(%r5)
	stmg	%r6,%r13,192(%r5)
	la	%r5,256(%r5)
	brctg	%r1,0b
1:	lghi	%r1,0xc0
	ngr	%r1,%r4
	jz	3f
	srlg	%r1,%r1,6
2:	stmg	%r6,%r13,0(%r5)
	la	%r5,64(%r5)
	brctg	%r1,2b
3:	lghi	%r1,63
	ngr	%r4,%r1
	lmg	%r6,%r13,48(%r15)
	jnz	.Lset_less
	br	%r14

/* ---- strings -------------------------------------------------------------------------------------------------- */

/* void *memchr(const void *from, int byte, size_t n) */
memchr:
	lghi	%r0,255
	ngr	%r0,%r3
	la	%r1,0(%r4,%r2)		/* becomes where it is: condition code 1; or stays: 2 */
0:	srst	%r1,%r2
	jo	0b
	lghi	%r2,0
	bhr	%r14
	lgr	%r2,%r1
	br	%r14

/* size_t strlen(const char *s) */
strlen:
	lghi	%r0,0
	lghi	%r1,0			/* it ends before the end of storage */
	lgr	%r3,%r2
0:	srst	%r1,%r3
	jo	0b
	sgr	%r1,%r2
	lgr	%r2,%r1
	br	%r14

/* int strcmp(const char *a, const char *b) */
strcmp:
	lghi	%r0,0
0:	clst	%r2,%r3
	jo	0b
	lghi	%r2,0
	ber	%r14
	lghi	%r2,-1
	blr	%r14
	lghi	%r2,1
	br	%r14

	.section .note.GNU-stack, "", @progbits
