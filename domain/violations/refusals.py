"""What is refused of penalties: each rule of the articles and of the general law by name."""

from __future__ import annotations

from domain.errors import Refusal


class CodeNotInCatalogue(Refusal):
    """The code stands in no row that holds on the day."""

    zh = "违法行为目录中没有{on}有效的代码{code}。"
    en = "The catalogue has no row {code} that holds on {on}."
    next_zh = "请从目录中选择代码，并核对行为日期。"
    next_en = "Choose a code of the catalogue, and check the day of the act."
    source = "平台违法行为目录；行政处罚法第37条"
    field = "codes"


class MeasureForAnotherCode(Refusal):
    """A measure punishes what the case is not about."""

    zh = "处罚{kind}针对{code}，本案认定的是{codes}。"
    en = "The measure {kind} punishes {code}; the case established {codes}."
    next_zh = "请改为本案认定的违法行为代码。"
    next_en = "Name a code that the case established."
    source = "行政处罚法第57条"
    field = "measures"


class MeasureNotInArticle(Refusal):
    """The article does not provide for the measure."""

    zh = "{basis}对{code}没有规定“{kind}”；可依据的条款：{articles}。"
    en = "{basis} provides no {kind} for {code}; articles that punish it: {articles}."
    next_zh = "请改用法律规定的种类和条款；责令改正、约谈、曝光不是行政处罚。"
    next_en = "Use a kind and an article of the law; orders to correct, interviews and exposure are no penalties."
    source = "行政处罚法第4、9、16条"
    field = "measures"


class MeasureOfAnotherOrgan(Refusal):
    """The article is applied by another organ."""

    zh = "{organ}无权依据{basis}作出“{kind}”，该条由{organs}适用。"
    en = "{organ} may not impose {kind} under {basis}; {organs} applies it."
    next_zh = "请移送有权机关。"
    next_en = "Hand it to the competent organ."
    source = "行政处罚法第17、22条"
    field = "measures"


class AmountMissing(Refusal):
    """A fine or a confiscation states no amount."""

    zh = "“{kind}”未填写金额。"
    en = "{kind} states no amount."
    next_zh = "请填写大于零的金额（单位：分）。"
    next_en = "State an amount above zero, in fen."
    source = "行政处罚法第59条"
    field = "measures"


class AmountOutOfPlace(Refusal):
    """A measure that is not money states an amount."""

    zh = "“{kind}”不涉及金额，却填写了{amount}元。"
    en = "{kind} is not money, yet states {amount} yuan."
    next_zh = "请删去金额，或改为罚款、没收违法所得。"
    next_en = "Leave the amount out, or make it a fine or a confiscation."
    source = "行政处罚法第9、59条"
    field = "measures"


class FineAboveArticle(Refusal):
    """The fine is higher than the article allows."""

    zh = "对{code}罚款{amount}元，高于{basis}的上限{most}元（下限{least}元）。"
    en = "A fine of {amount} yuan for {code} is above {most} yuan, the most of {basis} (least {least})."
    next_zh = "请在法定幅度内确定罚款；金额以分填写。"
    next_en = "Fix the fine within the range; amounts are entered in fen."
    source = "行政处罚法第4、5、38条"
    field = "measures"


class FineBelowArticle(Refusal):
    """The fine is lower than the article allows, and no ground to mitigate is stated."""

    zh = "对{code}罚款{amount}元，低于{basis}的下限{least}元（上限{most}元），且未说明减轻处罚的理由。"
    en = "A fine of {amount} yuan for {code} is below {least} yuan, the least of {basis} (most {most}), and no ground to mitigate is stated."
    next_zh = "请在幅度内确定罚款，或写明减轻处罚的法定情形；金额以分填写。"
    next_en = "Fix the fine within the range, or state the statutory ground to mitigate; amounts are in fen."
    source = "行政处罚法第32条"
    field = "measures"


class NoFineWithoutIncome(Refusal):
    """The article fines only where there is illegal income."""

    zh = "{basis}以有违法所得为罚款前提，未认定违法所得，不得罚款。"
    en = "{basis} fines only where there is illegal income, and none was established."
    next_zh = "可以依法关闭或者责令停止；认定违法所得后方可没收并罚款。"
    next_en = (
        "Closing or ordering to stop stays possible; fine and confiscation need illegal income."
    )
    source = "人力资源市场暂行条例第42条；就业促进法第64、65条"
    field = "measures"


class FineOnlyAfterRefusal(Refusal):
    """The article fines only who refuses to correct."""

    zh = "{basis}规定拒不改正（逾期不改正）的才罚款，本案未认定拒不改正。"
    en = "{basis} fines only a refusal to correct, and none was established."
    next_zh = "请先责令改正并核查结果。"
    next_en = "Order the correction first and verify it."
    source = "人力资源市场暂行条例第42条第2款、第43条、第44条；行政处罚法第28条"
    field = "measures"


class OnlyWhenSerious(Refusal):
    """The article provides for the measure only in serious cases."""

    zh = "{basis}规定情节严重的才“{kind}”，本案未认定情节严重。"
    en = "{basis} provides for {kind} only in serious cases; this one was not found serious."
    next_zh = "请改用其他处罚，或补充认定情节严重的事实。"
    next_en = "Use another measure, or establish what makes the case serious."
    source = "行政处罚法第5条"
    field = "measures"


class BaseNotEstablished(Refusal):
    """What the fine is counted from was not established."""

    zh = "{basis}按{base}计算罚款，本案未认定{base}。"
    en = "{basis} counts the fine from the {base_en}, which was not established."
    next_zh = "请在调查终结中认定后再作决定。"
    next_en = "Establish it in the investigation before deciding."
    source = "行政处罚法第40、57条"
    field = "measures"


class NothingToConfiscate(Refusal):
    """There is no illegal income left to confiscate."""

    zh = "违法所得{income}元，应退赔{refund}元，没有可没收的违法所得。"
    en = "Illegal income is {income} yuan and {refund} yuan is owed to victims: nothing is left to confiscate."
    next_zh = "请删去没收违法所得；退赔另行责令。"
    next_en = "Leave the confiscation out; refunds are ordered on their own."
    source = "行政处罚法第28条第2款"
    field = "measures"


class ConfiscationAboveIncome(Refusal):
    """More is confiscated than the illegal income after refunds."""

    zh = "没收{amount}元，超过退赔后的违法所得{left}元（违法所得{income}元，应退赔{refund}元）。"
    en = "{amount} yuan are confiscated, above the {left} yuan left of {income} after refunds of {refund}."
    next_zh = "请扣除依法应当退赔的部分。"
    next_en = "Deduct what is owed to victims."
    source = "行政处罚法第28条第2款"
    field = "measures"


class NothingToRevoke(Refusal):
    """The party holds no licence that could be revoked."""

    zh = "当事人不持有可吊销的许可，不能依据{basis}吊销。"
    en = "The party holds no licence that {basis} could revoke."
    next_zh = "请改用其他处罚；无证经营的可以关闭或者责令停止。"
    next_en = "Use another measure; unlicensed business can be closed or stopped."
    source = "行政处罚法第9条第（三）项"
    field = "measures"


class RevocationMissing(Refusal):
    """The article leaves no choice: the licence must be revoked."""

    zh = "{basis}规定应当吊销许可，处罚中没有“吊销许可证件”。"
    en = "{basis} requires the licence to be revoked, and the measures do not revoke it."
    next_zh = "请加上吊销许可证件。"
    next_en = "Add the revocation."
    source = "禁止使用童工规定第7条；劳动合同法第92条第2款；对外劳务合作管理条例第40条"
    field = "measures"


class OneFineForOneAct(Refusal):
    """The same act is fined twice."""

    zh = "同一违法行为（{codes}）处以{count}次罚款：{articles}。"
    en = "One act ({codes}) is fined {count} times: {articles}."
    next_zh = "只保留一项罚款；几个条款均可罚款的，按数额高的规定处罚。"
    next_en = "Keep one fine; where several articles allow one, the higher applies."
    source = "行政处罚法第29条"
    field = "measures"


class LowerArticleForFine(Refusal):
    """Another article allows a higher fine for the same act."""

    zh = "同一违法行为按{basis}最高罚{most}元，按{higher}最高罚{higher_most}元，应当按数额高的规定处罚。"
    en = "For the same act {basis} allows {most} yuan and {higher} {higher_most}: the higher applies."
    next_zh = "请改用罚款数额高的条款。"
    next_en = "Use the article with the higher fine."
    source = "行政处罚法第29条"
    field = "measures"


class LimitationPassed(Refusal):
    """The act was discovered too late to be punished."""

    zh = "违法行为终了于{act_day}，至{found_on}方被发现，超过{term}的追责期限（至{until}）。"
    en = "The act ended on {act_day} and was found on {found_on}, after its limitation of {term_en} (to {until})."
    next_zh = "不再给予行政处罚；可以责令改正或者作出处理决定。"
    next_en = "No penalty is imposed; an order to correct or a handling decision stays possible."
    source = "行政处罚法第36条；劳动保障监察条例第20条"
    field = "measures"


class NoPenaltyForPromptCorrection(Refusal):
    """A minor violation that was promptly corrected without harm is not punished."""

    zh = "{code}情节轻微、已及时改正且没有造成危害后果，不予行政处罚。"
    en = "{code} was minor, corrected at once and did no harm: it is not punished."
    next_zh = "请以“不予处罚并教育”结案。"
    next_en = "Close the case with education instead of a penalty."
    source = "行政处罚法第33条第1款"
    field = "measures"
