/*
 * table.c - every instruction CP simulates, one a row.
 *
 * Owns: which handler, format and checks belong to an opcode. Comes after
 * driver.c. What is not here gets the exception that the machine gave.
 * Source: PoP, appendix B. The opcode key: one byte; or the first two; or
 * for E3, EB first and last; for C4, C8 first byte and the nibble.
 */
#include <arch/instruction.h>

#define P INSTRUCTION_PRIVILEGED
#define Z INSTRUCTION_Z_ONLY

const struct instruction_entry instruction_table[] = {
	[ROW_SSM] = { 0x80, FORMAT_S, P, "SSM", sim_ssm },
	[ROW_STNSM] = { 0xac, FORMAT_SI, P, "STNSM", sim_stnsm },
	[ROW_STOSM] = { 0xad, FORMAT_SI, P, "STOSM", sim_stosm },
	/* the PSW */
	{ 0x82, FORMAT_S, P, "LPSW", sim_lpsw },
	{ 0xb2b2, FORMAT_S, P | Z, "LPSWE", sim_lpswe },
	{ 0xb98d, FORMAT_RRE, 0, "EPSW", sim_epsw },
	{ 0xb20b, FORMAT_S, 0, "IPK", sim_ipk },
	{ 0xb20a, FORMAT_S, 0, "SPKA", sim_spka },
	{ 0xb219, FORMAT_S, 0, "SAC", sim_sac },
	{ 0xb279, FORMAT_S, 0, "SACF", sim_sac },
	{ 0xb224, FORMAT_RRE, 0, "IAC", sim_iac },
	/* control registers and the CPU */
	{ 0xb7, FORMAT_RS, P, "LCTL", sim_lctl },
	{ 0xeb2f, FORMAT_RSY, P | Z, "LCTLG", sim_lctlg },
	{ 0xb6, FORMAT_RS, P, "STCTL", sim_stctl },
	{ 0xeb25, FORMAT_RSY, P | Z, "STCTG", sim_stctg },
	{ 0xb212, FORMAT_S, P, "STAP", sim_stap },
	{ 0xb210, FORMAT_S, P, "SPX", sim_spx },
	{ 0xb211, FORMAT_S, P, "STPX", sim_stpx },
	{ 0xb226, FORMAT_RRE, 0, "EPAR", sim_epar },
	{ 0xb227, FORMAT_RRE, 0, "ESAR", sim_esar },
	{ 0xb225, FORMAT_RRE, 0, "SSAR", sim_ssar },
	{ 0xb280, FORMAT_S, P, "LPP", sim_lpp },
	{ 0x99, FORMAT_RS, P, "TRACE", sim_trace },
	{ 0xeb0f, FORMAT_RSY, P | Z, "TRACG", sim_trace },
	{ 0xae, FORMAT_RS, P, "SIGP", sim_sigp },
	/* who am I */
	{ 0xb202, FORMAT_S, P, "STIDP", sim_stidp },
	{ 0xb2b1, FORMAT_S, P, "STFL", sim_stfl },
	{ 0xb2b0, FORMAT_S, 0, "STFLE", sim_stfle },
	{ 0xb27d, FORMAT_S, P, "STSI", sim_stsi },
	/* clocks */
	{ 0xb208, FORMAT_S, P, "SPT", sim_spt },
	{ 0xb209, FORMAT_S, P, "STPT", sim_stpt },
	{ 0xb206, FORMAT_S, P, "SCKC", sim_sckc },
	{ 0xb207, FORMAT_S, P, "STCKC", sim_stckc },
	{ 0xb204, FORMAT_S, P, "SCK", sim_sck },
	{ 0x0107, FORMAT_E, P, "SCKPF", sim_sckpf },
	/* storage keys */
	{ 0xb229, FORMAT_RRE, P, "ISKE", sim_iske },
	{ 0xb22b, FORMAT_RRF, P, "SSKE", sim_sske },
	{ 0xb22a, FORMAT_RRE, P, "RRBE", sim_rrbe },
	{ 0xb223, FORMAT_RRE, 0, "IVSK", sim_ivsk },
	{ 0xb22c, FORMAT_RRE, P, "TB", sim_tb },
	{ 0xe501, FORMAT_SSE, P, "TPROT", sim_tprot },
	/* storage */
	{ 0xb246, FORMAT_RRE, P, "STURA", sim_stura },
	{ 0xb925, FORMAT_RRE, P | Z, "STURG", sim_sturg },
	{ 0xb24b, FORMAT_RRE, P, "LURA", sim_lura },
	{ 0xb905, FORMAT_RRE, P | Z, "LURAG", sim_lurag },
	{ 0xb250, FORMAT_RRE, P, "CSP", sim_csp },
	{ 0xb98a, FORMAT_RRE, P | Z, "CSPG", sim_cspg },
	{ 0xc802, FORMAT_SSF, 0, "CSST", sim_csst },
	{ 0xc407, FORMAT_RIL, 0, "STHRL", sim_store_relative },
	{ 0xc40b, FORMAT_RIL, 0, "STGRL", sim_store_relative },
	{ 0xc40f, FORMAT_RIL, 0, "STRL", sim_store_relative },
	/* moves between spaces and keys */
	{ 0xda, FORMAT_SS, 0, "MVCP", sim_mvcp },
	{ 0xdb, FORMAT_SS, 0, "MVCS", sim_mvcs },
	{ 0xd9, FORMAT_SS, 0, "MVCK", sim_mvck },
	{ 0xe50e, FORMAT_SSE, 0, "MVCSK", sim_mvcsk },
	{ 0xe50f, FORMAT_SSE, 0, "MVCDK", sim_mvcdk },
	{ 0xc800, FORMAT_SSF, 0, "MVCOS", sim_mvcos },
	/* translation */
	{ 0xb1, FORMAT_RX, P, "LRA", sim_lra },
	{ 0xe313, FORMAT_RXY, P, "LRAY", sim_lra },
	{ 0xe303, FORMAT_RXY, P | Z, "LRAG", sim_lrag },
	{ 0xb221, FORMAT_RRE, P, "IPTE", sim_ipte },
	{ 0xb98e, FORMAT_RRF, P | Z, "IDTE", sim_idte },
	{ 0xb20d, FORMAT_S, P, "PTLB", sim_ptlb },
	{ 0xb248, FORMAT_RRE, P, "PALB", sim_palb },
	/* I/O */
	{ 0xb234, FORMAT_S, P, "STSCH", sim_stsch },
	{ 0xb232, FORMAT_S, P, "MSCH", sim_msch },
	{ 0xb233, FORMAT_S, P, "SSCH", sim_ssch },
	{ 0xb235, FORMAT_S, P, "TSCH", sim_tsch },
	{ 0xb231, FORMAT_S, P, "HSCH", sim_hsch },
	{ 0xb230, FORMAT_S, P, "CSCH", sim_csch },
	{ 0xb238, FORMAT_S, P, "RSCH", sim_rsch },
	{ 0xb276, FORMAT_S, P, "XSCH", sim_xsch },
	{ 0xb236, FORMAT_S, P, "TPI", sim_tpi },
	{ 0xb239, FORMAT_S, P, "STCRW", sim_stcrw },
	{ 0xb25f, FORMAT_RRE, P, "CHSC", sim_chsc },
	{ 0xb23c, FORMAT_S, P, "SCHM", sim_schm },
	{ 0xb237, FORMAT_S, P, "SAL", sim_sal },
	{ 0xb23b, FORMAT_S, P, "RCHP", sim_rchp },
	{ 0xb23a, FORMAT_S, P, "STCPS", sim_stcps },
	/* calls */
	{ 0xb220, FORMAT_RRE, P, "SERVC", sim_servc },
	{ 0x83, FORMAT_RS, P, "DIAG", sim_diag },
	{ 0xb2f0, FORMAT_S, P, "IUCV", sim_iucv },
	{ 0 },
};
