package guard_test

import (
	"testing"
	"time"

	"hejie/bot/guard"
)

// effects are what may be said of each legal effect in three languages, with the statement of the bank each of them is.
var effects = []struct {
	id    string
	texts []string
}{
	{"S-CRED", []string{"逾期信息可能报送征信，报送前会告知您", "逾期資訊可能報送徵信，報送前會告知您", "this may be reported to the credit bureaus, and you will be told first"}},
	{"S-SUE", []string{"债权人可以依法起诉或申请支付令，您有权答辩", "債權人可以依法起訴或申請支付令，您有權答辯", "the creditor may sue, and you may defend"}},
	{"S-ENF", []string{"法院可以冻结、划拨存款，但应保留生活必需费用", "法院可以凍結、劃撥存款，但應保留生活必需費用", "a court may freeze your account, but living needs are kept"}},
	{"S-LIM", []string{"未按执行通知履行的，法院可以限制高消费", "未按執行通知履行的，法院可以限制高消費", "a court order may limit luxury spending"}},
	{"S-DIS", []string{"有履行能力而拒不履行的，法院才可能列入失信名单", "有履行能力而拒不履行的，法院才可能列入失信名單", "only if you are able but refuse may a court put you on the list of defaulters"}},
	{"S-UTIL", []string{"逾期超过30日经催交仍不交的，可能按程序停电，会事先通知", "逾期超過30日經催交仍不交的，可能按程序停電，會事先通知", "the supply may be cut off only after 30 days, a demand and a notice"}},
}

// cells is section 5.2: for each debt and stage, which of the effects above may be told without being asked.
var cells = map[string]map[string]string{
	"credit_card":  {"d1-30": "S-CRED", "d31-90": "S-CRED", "d90+": "S-CRED S-SUE", "sued": "S-CRED S-SUE", "judgment": "S-CRED", "enforcement": "S-CRED S-ENF S-LIM S-DIS"},
	"online_loan":  {"d1-30": "S-CRED", "d31-90": "S-CRED", "d90+": "S-CRED S-SUE", "sued": "S-CRED S-SUE", "judgment": "S-CRED", "enforcement": "S-CRED S-ENF S-LIM S-DIS"},
	"medical":      {"d1-30": "", "d31-90": "", "d90+": "S-SUE", "sued": "S-SUE", "judgment": "", "enforcement": "S-ENF S-LIM S-DIS"},
	"tax":          {"d1-30": "", "d31-90": "", "d90+": "", "sued": "", "judgment": "", "enforcement": ""},
	"utility":      {"d1-30": "", "d31-90": "S-UTIL", "d90+": "S-UTIL S-SUE", "sued": "S-SUE", "judgment": "", "enforcement": "S-ENF S-LIM S-DIS"},
	"private_loan": {"d1-30": "", "d31-90": "", "d90+": "S-SUE", "sued": "S-SUE", "judgment": "", "enforcement": "S-ENF S-LIM S-DIS"},
}
