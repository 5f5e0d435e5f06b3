/*
 * table.c - every instruction CP simulates, one a row.
 *
 * Owns: which handler, format and checks belong to an opcode. Comes after
 * driver.c. What is not here gets the exception that the machine gave.
 * Source: PoP, appendix B. The opcode key: one byte; or the first two; or
 * for E3, EB, EC first and last; for C4, C8 first byte and the nibble.
 */
#include <arch/instruction.h>

#define P INSTRUCTION_PRIVILEGED
#define Z INSTRUCTION_Z_ONLY

struct instruction_entry instruction_table[] = {
	[ROW_SSM] = {0x80, P, "SSM", decode_s, sim_ssm, 0},
	[ROW_STNSM] = {0xac, P, "STNSM", decode_si, sim_stnsm, 0},
	[ROW_STOSM] = {0xad, P, "STOSM", decode_si, sim_stosm, 0},
	[ROW_LRA] = {0xb1, P, "LRA", decode_rx, sim_lra, 0},
	[ROW_STURG] = {0xb925, P | Z, "STURG", decode_rre, sim_sturg, 0},
	/* the PSW */
	{0x82, P, "LPSW", decode_s, sim_lpsw, 0},
	{0xb2b2, P | Z, "LPSWE", decode_s, sim_lpswe, 0},
	{0xb98d, 0, "EPSW", decode_rre, sim_epsw, 0},
	{0xb20b, 0, "IPK", decode_s, sim_ipk, 0},
	{0xb20a, 0, "SPKA", decode_s, sim_spka, 0},
	{0xb219, 0, "SAC", decode_s, sim_sac, 0},
	{0xb279, 0, "SACF", decode_s, sim_sac, 0},
	{0xb224, 0, "IAC", decode_rre, sim_iac, 0},
	/* control registers and the CPU */
	{0xb7, P, "LCTL", decode_rs, sim_lctl, 0},
	{0xeb2f, P | Z, "LCTLG", decode_rsy, sim_lctlg, 0},
	{0xb6, P, "STCTL", decode_rs, sim_stctl, 0},
	{0xeb25, P | Z, "STCTG", decode_rsy, sim_stctg, 0},
	{0xb212, P, "STAP", decode_s, sim_stap, 0},
	{0xb210, P, "SPX", decode_s, sim_spx, 0},
	{0xb211, P, "STPX", decode_s, sim_stpx, 0},
	{0xb226, 0, "EPAR", decode_rre, sim_epar, 0},
	{0xb227, 0, "ESAR", decode_rre, sim_esar, 0},
	{0xb225, 0, "SSAR", decode_rre, sim_ssar, 0},
	{0xb280, P, "LPP", decode_s, sim_lpp, 0},
	{0x99, P, "TRACE", decode_rs, sim_trace, 0},
	{0xeb0f, P | Z, "TRACG", decode_rsy, sim_tracg, 0},
	{0xae, P, "SIGP", decode_rs, sim_sigp, 0},
	/* linkage, which is not provided */
	{0xb218, 0, "PC", decode_s, sim_linkage, 0},
	{0xb228, 0, "PT", decode_rre, sim_linkage, 0},
	{0x0101, 0, "PR", decode_e, sim_linkage, 0},
	{0xb240, 0, "BAKR", decode_rre, sim_linkage, 0},
	{0xb247, 0, "MSTA", decode_rre, sim_linkage, 0},
	{0xb249, 0, "EREG", decode_rre, sim_linkage, 0},
	{0xb90e, Z, "EREGG", decode_rre, sim_linkage, 0},
	{0xb24a, 0, "ESTA", decode_rre, sim_linkage, 0},
	{0xb258, 0, "BSG", decode_rre, sim_linkage, 0},
	{0xb25a, 0, "BSA", decode_rre, sim_linkage, 0},
	{0xe500, P, "LASP", decode_sse, sim_linkage, 0},
	/* who am I */
	{0xb202, P, "STIDP", decode_s, sim_stidp, 0},
	{0xb2b1, P, "STFL", decode_s, sim_stfl, 0},
	{0xb2b0, 0, "STFLE", decode_s, sim_stfle, 0},
	{0xb27d, P, "STSI", decode_s, sim_stsi, 0},
	/* clocks */
	{0xb208, P, "SPT", decode_s, sim_spt, 0},
	{0xb209, P, "STPT", decode_s, sim_stpt, 0},
	{0xb206, P, "SCKC", decode_s, sim_sckc, 0},
	{0xb207, P, "STCKC", decode_s, sim_stckc, 0},
	{0xb204, P, "SCK", decode_s, sim_sck, 0},
	{0xb205, 0, "STCK", decode_s, sim_stck, 0},
	{0xb27c, 0, "STCKF", decode_s, sim_stck, 0},
	{0x0107, P, "SCKPF", decode_e, sim_sckpf, 0},
	/* storage keys */
	{0xb229, P, "ISKE", decode_rre, sim_iske, 0},
	{0xb22b, P, "SSKE", decode_rrf, sim_sske, 0},
	{0xb22a, P, "RRBE", decode_rre, sim_rrbe, 0},
	{0xb223, 0, "IVSK", decode_rre, sim_ivsk, 0},
	{0xb22c, P, "TB", decode_rre, sim_tb, 0},
	{0xe501, P, "TPROT", decode_sse, sim_tprot, 0},
	/* storage */
	{0xb246, P, "STURA", decode_rre, sim_stura, 0},
	{0xb24b, P, "LURA", decode_rre, sim_lura, 0},
	{0xb905, P | Z, "LURAG", decode_rre, sim_lurag, 0},
	{0xb250, P, "CSP", decode_rre, sim_csp, 0},
	{0xb98a, P | Z, "CSPG", decode_rre, sim_cspg, 0},
	{0xc802, 0, "CSST", decode_ssf, sim_csst, 0},
	{0xc407, 0, "STHRL", decode_ril, sim_store_relative, 0},
	{0xc40b, 0, "STGRL", decode_ril, sim_store_relative, 0},
	{0xc40f, 0, "STRL", decode_ril, sim_store_relative, 0},
	/* moves between spaces and keys */
	{0xda, 0, "MVCP", decode_ss, sim_mvcp, 0},
	{0xdb, 0, "MVCS", decode_ss, sim_mvcs, 0},
	{0xd9, 0, "MVCK", decode_ss, sim_mvck, 0},
	{0xe50e, 0, "MVCSK", decode_sse, sim_mvcsk, 0},
	{0xe50f, 0, "MVCDK", decode_sse, sim_mvcdk, 0},
	{0xc800, 0, "MVCOS", decode_ssf, sim_mvcos, 0},
	/* registers: only what QEMU must not execute */
	{0xec54, Z, "RNSBG", decode_rie, sim_rotate, 0},
	{0xec56, Z, "ROSBG", decode_rie, sim_rotate, 0},
	{0xec57, Z, "RXSBG", decode_rie, sim_rotate, 0},
	/* translation */
	{0xe313, P, "LRAY", decode_rxy, sim_lra, 0},
	{0xe303, P | Z, "LRAG", decode_rxy, sim_lrag, 0},
	{0xb221, P, "IPTE", decode_rre, sim_ipte, 0},
	{0xb98e, P | Z, "IDTE", decode_rrf, sim_idte, 0},
	{0xb20d, P, "PTLB", decode_s, sim_ptlb, 0},
	{0xb248, P, "PALB", decode_rre, sim_palb, 0},
	/* I/O */
	{0xb234, P, "STSCH", decode_s, sim_stsch, 0},
	{0xb232, P, "MSCH", decode_s, sim_msch, 0},
	{0xb233, P, "SSCH", decode_s, sim_ssch, 0},
	{0xb235, P, "TSCH", decode_s, sim_tsch, 0},
	{0xb231, P, "HSCH", decode_s, sim_hsch, 0},
	{0xb230, P, "CSCH", decode_s, sim_csch, 0},
	{0xb238, P, "RSCH", decode_s, sim_rsch, 0},
	{0xb276, P, "XSCH", decode_s, sim_xsch, 0},
	{0xb236, P, "TPI", decode_s, sim_tpi, 0},
	{0xb239, P, "STCRW", decode_s, sim_stcrw, 0},
	{0xb25f, P, "CHSC", decode_rre, sim_chsc, 0},
	{0xb23c, P, "SCHM", decode_s, sim_schm, 0},
	{0xb237, P, "SAL", decode_s, sim_sal, 0},
	{0xb23b, P, "RCHP", decode_s, sim_rchp, 0},
	{0xb23a, P, "STCPS", decode_s, sim_stcps, 0},
	/* calls */
	{0xb220, P, "SERVC", decode_rre, sim_servc, 0},
	{0x83, P, "DIAG", decode_rs, sim_diag, 0},
	{0xb2f0, P, "IUCV", decode_s, sim_iucv, 0},
	{.mnemonic = NULL},
};

const unsigned instruction_rows = ARRAY_SIZE(instruction_table) - 1;
