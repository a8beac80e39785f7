package understand

import (
	"slices"
	"strings"

	"hejie/bot/text"
)

// everywhere are words that people who write Chinese use as well: they change no language.
var everywhere = []string{"ok", "okay", "okok", "no", "yes", "yep", "confirm", "bye", "byebye", "thx", "thanks", "pls", "sure", "cancel"}

// language tells zh-Hans, zh-Hant and en apart; a text without letters keeps the language of the conversation.
func language(s string, f text.Folded, known string) string {
	han, latin, trad := 0, 0, 0
	orig := []rune(s)
	for i, c := range f.Runes {
		switch {
		case isHan(c):
			han++
			if a, _ := f.Span(i, i+1); a < len(orig) && orig[a] != c && isHan(orig[a]) {
				trad++ // folding changed it: a traditional character
			}
		case c >= 'a' && c <= 'z':
			latin++
		}
	}
	switch {
	case han == 0 && strings.HasPrefix(known, "zh") && slices.Contains(everywhere, strings.Trim(strings.ToLower(s), " .!,~")):
		return known
	case han == 0 && latin < 2:
		if known != "" {
			return known
		}
		if latin > 0 {
			return "en"
		}
		return "zh-Hans"
	case han*4 < latin && latin > 6 || han == 0:
		return "en"
	case trad > 0 && trad*10 >= han:
		return "zh-Hant"
	case known == "zh-Hant" && !strings.ContainsAny(s, simplifiedOnly): // 每月五百得唔得, 花費大概五千: hardly a character tells the scripts apart
		return known
	}
	return "zh-Hans"
}

// simplifiedOnly are frequent characters that nobody writes in traditional Chinese. Those that both scripts have (后, 里, 只, 系) are left out.
const simplifiedOnly = "这们说时会来个国对过还钱吗现开关问间东车马见觉让认识话请谢谁该谈记讲许诉词读调买卖贵费质负责账贷债号电发给经结约纪级红绿线组织绍续维网样机权极构标检业两严丧乐习书争亏产亲亿仅从仓价众优伤伦伪体儿兰兴养写军农决况净减几击刚创别办务动劝劳势医华协单卫历厉压厌县参双变叠叹吓听启员响团园围图圆场坏块声处备复头夺奋奖妈妇娱学宁宝实审宽寻导寿将尔尝层属岁岗岛师帮带广庄庆应库废异张弹强归录当忆忧怀态总恶恼惊惯懒战扑执扩扫扬扰抢护报担拟拥择挥损换掷揽搁摆数断无旧显晓暂杀杂条杨枪柜树桥楼欢欧毁毕气汇汉汤沟没沪泪泽洁浅测济浓涛润涨渐湿满滚灭灯灵灾炉点炼烂烦烧热爱爷牵犹狱独猎献玛环画畅疗疯盐监盖盗盘矿码础确礼祸离种积称穷窃竞笔签简粮紧纠纯纱纳纷纸练细终绕络绝统继绩绪综缓编缘缩罗罚职联聪肃肠肤肾肿胀胁胆胜脑脚脸腾舰艺节芦苏茎药荣莲获蓝虑虽补袜装观规视览触誉计订讨训议讯论设访证评诊译试诗诚详语误诸课谋谎谨谱贝财贤败货贪贫购贯贱贴贸贺资赌赏赔赖赚赛赞赢赶趋跃践踪转轮软轻载较辅辆辈辉输辞边达迁迈运进远违连迟选递逻遗邮邻郑酱释钟钢铁铃铜银错锁锅键镇长门闪闭闲闻阅阔队阳阴阵阶际陆陈险随隐难雾静韩页顶项顺须顾顿预领频题颜额风飞饭饮饰饱馆驶驻验骗骤鱼鲜鸟鸡鸣麦黄齐龄"
