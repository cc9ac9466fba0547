"""The templates of enforcement documents, as data: what each says, who issues it, who signs.

A template has fields (what an officer fills in), paragraphs into which they are put, and
signatures. A paragraph whose optional field is empty is left out. The versions of a template
stay: a document made from an old one is read by it.
"""

from __future__ import annotations

from domain.document.campaign_reports import CAMPAIGN_TEMPLATES
from domain.document.template import Field, FieldKind, Layout, Template
from domain.enforcement.facts import ENFORCERS
from domain.referral.facts import REFERRERS

__all__ = ["TEMPLATES", "Field", "FieldKind", "Layout", "Template"]

_TO = Field("to", "受文单位", "Addressee")
_PARTY = Field("party", "当事人", "Party")
_USCC = Field("party_code", "统一社会信用代码", "Code of the party", required=False)
_FACTS = Field("facts", "事实", "Facts", FieldKind.LONG)
_EVIDENCE = Field("evidence", "证据", "Evidence", FieldKind.LINES, required=False)
_BASIS = Field("basis", "法律依据", "Legal basis", FieldKind.LONG)
_CONTACT = Field("contact", "联系岗位及电话", "Contact post and phone", required=False)
_OFFICERS = Field("officers", "执法人员证号", "Officers' certificates", FieldKind.LINES)
_PLACE = Field("place", "地点", "Place")
_HELD = Field("held_on", "日期", "Day", FieldKind.DAY)
_RECORD = Field("record", "记录内容", "What was recorded", FieldKind.LONG)
_DUE = Field("due", "期限", "Term ends", FieldKind.DAY)
_ORDERS = Field("orders", "要求", "Orders", FieldKind.LINES)
_MEASURES = Field("measures", "处罚内容", "Penalties", FieldKind.LINES)
_REMEDIES = (
    "如不服本决定，可以自收到本决定书之日起六十日内依法申请行政复议，"
    "或者自收到本决定书之日起六个月内依法向人民法院提起行政诉讼。"
    "复议或者诉讼期间，本决定不停止执行，法律另有规定的除外。"
)
_REFERRAL_RULES = "行政执法机关移送涉嫌犯罪案件的规定（2020修订）"
_INSPECTION_RULES = "劳动保障监察条例；关于实施《劳动保障监察条例》若干规定"
_LIAONING = "辽宁省人力资源市场管理通知（2024-11-11）"
_PENALTY_LAW = "行政处罚法（2021修订）"

TEMPLATES: dict[str, Template] = {
    one.code: one
    for one in (
        Template(
            code="REFERRAL_LETTER",
            zh="涉嫌犯罪案件移送书",
            en="Referral letter (D1)",
            word="移",
            version="1",
            source=f"{_REFERRAL_RULES}第6条",
            layout=Layout.LETTER,
            organs=REFERRERS,
            to="to",
            fields=(
                _TO,
                _PARTY,
                _USCC,
                _FACTS,
                Field("crimes", "涉嫌罪名", "Suspected crimes", FieldKind.LINES),
                Field("persons", "涉及人数", "Persons", FieldKind.COUNT, required=False),
                Field("amount_fen", "涉案金额", "Amount", FieldKind.FEN, required=False),
                Field("attachments", "附件", "Attachments", FieldKind.LINES),
                _CONTACT,
            ),
            paragraphs=(
                "我机关在查处{party}违法一案中，发现其行为涉嫌犯罪：{facts}",
                "涉案金额{amount_fen}。",
                "涉及{persons}人。",
                "涉嫌罪名：{crimes}。",
                "依照《行政执法机关移送涉嫌犯罪案件的规定》第三条、第五条、第六条，"
                "经本机关正职负责人批准，现将该案移送你机关处理，并抄送同级人民检察院。"
                "请在收到后于回执上签字，并依照该规定第八条作出是否立案的决定，书面通知我机关。",
                "附件：{attachments}",
                "联系方式：{contact}",
            ),
        ),
        Template(
            code="INVESTIGATION_REPORT",
            zh="涉嫌犯罪案件情况的调查报告",
            en="Investigation report (D2)",
            word="调",
            version="1",
            source=f"{_REFERRAL_RULES}第5、6条",
            layout=Layout.LETTER,
            organs=REFERRERS,
            fields=(
                _PARTY,
                _USCC,
                Field("origin", "案件来源", "Origin of the case", FieldKind.LONG),
                _FACTS,
                _EVIDENCE,
                Field("opinion", "调查意见", "Opinion of the team", FieldKind.LONG),
                Field("team", "专案组执法证号", "Special team", FieldKind.LINES),
            ),
            paragraphs=(
                "一、当事人：{party}",
                "统一社会信用代码：{party_code}",
                "二、案件来源：{origin}",
                "三、查明的事实：{facts}",
                "四、证据：{evidence}",
                "五、调查意见：{opinion}",
                "专案组成员（执法证号）：{team}",
            ),
            signs=("专案组成员签名", "专案组成员签名"),
        ),
        Template(
            code="GOODS_LIST",
            zh="涉案物品清单",
            en="List of goods (D3)",
            word="物",
            version="1",
            source=f"{_REFERRAL_RULES}第6条",
            layout=Layout.RECORD,
            fields=(
                _PARTY,
                _HELD,
                Field(
                    "goods",
                    "物品",
                    "Goods",
                    FieldKind.ROWS,
                    columns=(
                        ("name", "名称"),
                        ("specification", "规格"),
                        ("quantity", "数量"),
                        ("remark", "备注"),
                    ),
                ),
            ),
            table="goods",
            signs=("移交人", "接收人"),
        ),
        Template(
            code="LEAD_LETTER",
            zh="线索移送函",
            en="Letter of a lead",
            word="线移",
            version="1",
            source=f"{_LIAONING}六、七、八",
            layout=Layout.LETTER,
            to="to",
            fields=(
                _TO,
                _PARTY,
                _FACTS,
                Field("request", "请予处理的事项", "What is asked", FieldKind.LONG),
                _DUE,
                _EVIDENCE,
                _CONTACT,
            ),
            paragraphs=(
                "我机关在工作中发现{party}涉嫌违法的线索：{facts}",
                "该事项属于你机关职责范围，现予移送。{request}",
                "请于{due}前签收，并将处理结果反馈我机关。",
                "所附证据：{evidence}",
                "联系方式：{contact}",
            ),
        ),
        Template(
            code="REQUEST_LETTER",
            zh="提请函",
            en="Letter of request",
            word="提",
            version="1",
            source=f"{_LIAONING}五、八",
            layout=Layout.LETTER,
            to="to",
            fields=(
                _TO,
                _PARTY,
                _FACTS,
                _BASIS,
                Field("request", "提请事项", "What is requested", FieldKind.LONG),
                _EVIDENCE,
                _CONTACT,
            ),
            paragraphs=(
                "经查，{party}存在下列情形：{facts}",
                "依据{basis}，提请你机关：{request}",
                "所附材料：{evidence}",
                "请将处理结果书面告知我机关。",
                "联系方式：{contact}",
            ),
        ),
        Template(
            code="CORRECTION_NOTICE",
            zh="责令改正通知书",
            en="Order to correct",
            word="责改",
            version="1",
            source=f"{_PENALTY_LAW}第28条",
            layout=Layout.LETTER,
            to="party",
            fields=(_PARTY, _USCC, _FACTS, _BASIS, _ORDERS, _DUE),
            paragraphs=(
                "经查，你单位存在下列违法行为：{facts}",
                "依据{basis}，责令你单位于{due}前改正：{orders}",
                "请于期限届满前将改正情况书面报告本机关。"
                "逾期不改正或者改正不符合要求的，本机关将依法处理。",
            ),
            signs=("当事人签收",),
        ),
        Template(
            code="INSPECTION_RECORD",
            zh="现场检查笔录",
            en="Inspection record",
            word="检",
            version="1",
            source=f"{_PENALTY_LAW}第55条；{_INSPECTION_RULES}",
            layout=Layout.RECORD,
            fields=(_PARTY, _PLACE, _HELD, _OFFICERS, _RECORD),
            paragraphs=(
                "检查前，执法人员不少于两人，已出示执法证件，告知当事人有权申请回避。",
                "以上笔录已交当事人核对，无误后签名。",
            ),
            signs=("当事人", "执法人员", "执法人员", "见证人"),
        ),
        Template(
            code="INTERVIEW_RECORD",
            zh="约谈记录",
            en="Interview record",
            word="约谈",
            version="1",
            source=f"{_LIAONING}六；平台规则（约谈）",
            layout=Layout.RECORD,
            fields=(
                _PARTY,
                _PLACE,
                _HELD,
                _OFFICERS,
                Field("reason", "约谈事由", "Reason", FieldKind.LONG),
                Field("points", "约谈要求", "Points made", FieldKind.LINES),
                Field("answer", "当事人陈述", "Answer", FieldKind.LONG, required=False),
            ),
            signs=("被约谈人", "约谈人", "记录人"),
        ),
        Template(
            code="RECEIPT",
            zh="回执",
            en="Receipt",
            word="回",
            version="1",
            source=f"{_REFERRAL_RULES}第7条；平台规则（线索签收）",
            layout=Layout.LETTER,
            to="to",
            fields=(
                _TO,
                Field("of_document", "所收文书文号", "Number of what was received"),
                Field("received_on", "收到日期", "Received on", FieldKind.DAY),
                Field("outcome", "签收意见", "Outcome", FieldKind.LONG),
            ),
            paragraphs=("你机关{of_document}于{received_on}收到。", "签收意见：{outcome}"),
            signs=("签收人",),
        ),
        Template(
            code="PENALTY_NOTICE",
            zh="行政处罚事先告知书",
            en="Notice before a penalty",
            word="罚告",
            version="1",
            source=f"{_PENALTY_LAW}第44、45、63条",
            layout=Layout.LETTER,
            organs=(*ENFORCERS, "PSB"),
            to="party",
            fields=(
                _PARTY,
                _USCC,
                _FACTS,
                _EVIDENCE,
                _BASIS,
                _MEASURES,
                Field("hearing", "听证权利告知", "Right to a hearing", FieldKind.LONG, False),
            ),
            paragraphs=(
                "经查，你单位有下列违法事实：{facts}",
                "证据：{evidence}",
                "依据{basis}，本机关拟对你单位作出下列行政处罚：{measures}",
                "对上述拟作出的行政处罚，你单位有权进行陈述和申辩；本机关不因陈述、申辩而给予更重的处罚。",
                "{hearing}",
            ),
            signs=("当事人签收",),
        ),
        Template(
            code="PENALTY_DECISION",
            zh="行政处罚决定书",
            en="Penalty decision",
            word="罚",
            version="1",
            source=f"{_PENALTY_LAW}第59条",
            layout=Layout.LETTER,
            organs=(*ENFORCERS, "PSB"),
            to="party",
            fields=(
                _PARTY,
                _USCC,
                _FACTS,
                _EVIDENCE,
                _BASIS,
                _MEASURES,
                Field("performance", "履行方式和期限", "How and when to perform", FieldKind.LONG),
                Field("defence", "陈述申辩采纳情况", "Defence heard", FieldKind.LONG, False),
            ),
            paragraphs=(
                "违法事实：{facts}",
                "证据：{evidence}",
                "陈述、申辩及其采纳情况：{defence}",
                "依据{basis}，本机关决定给予你单位下列行政处罚：{measures}",
                "履行方式和期限：{performance}",
                _REMEDIES,
            ),
        ),
        Template(
            code="HEARING_NOTICE",
            zh="行政处罚听证通知书",
            en="Notice of a hearing",
            word="听",
            version="1",
            source=f"{_PENALTY_LAW}第64条",
            layout=Layout.LETTER,
            organs=(*ENFORCERS, "PSB", "HRSS_LEGAL"),
            to="party",
            fields=(
                _PARTY,
                Field("case_name", "案由", "Cause"),
                Field("hearing_on", "听证日期", "Day of the hearing", FieldKind.DAY),
                Field("time", "听证时间", "Time of the hearing"),
                _PLACE,
                Field("chair", "听证主持岗位", "Who presides"),
            ),
            paragraphs=(
                "应你单位要求，本机关决定就{case_name}一案举行听证。",
                "时间：{hearing_on}{time}。",
                "地点：{place}。",
                "主持：{chair}，由非本案调查人员担任；认为与本案有直接利害关系的，有权申请回避。",
                "可以亲自参加，也可以委托一至二人代理；无正当理由拒不出席或者未经许可中途退出的，"
                "视为放弃听证权利。",
            ),
            signs=("当事人签收",),
        ),
        Template(
            code="SERVICE_PROOF",
            zh="送达回证",
            en="Proof of service",
            word="送",
            version="1",
            source="民事诉讼法第87条；行政处罚法第61条",
            layout=Layout.RECORD,
            fields=(
                Field("of_document", "送达文书名称及文号", "What was served"),
                Field("recipient", "受送达人", "Recipient"),
                _PLACE,
                Field("method", "送达方式", "Method"),
                Field("served_on", "送达日期", "Served on", FieldKind.DAY),
                Field("refusal", "拒收事由及见证", "Refusal and witness", FieldKind.LONG, False),
            ),
            signs=("受送达人", "送达人", "送达人"),
        ),
        Template(
            code="HANDLING_DECISION",
            zh="劳动保障监察行政处理决定书",
            en="Administrative handling decision",
            word="处",
            version="1",
            source=f"{_INSPECTION_RULES}",
            layout=Layout.LETTER,
            organs=ENFORCERS,
            to="party",
            fields=(_PARTY, _USCC, _FACTS, _EVIDENCE, _BASIS, _ORDERS, _DUE),
            paragraphs=(
                "违法事实：{facts}",
                "证据：{evidence}",
                "依据{basis}，本机关决定责令你单位于{due}前履行：{orders}",
                _REMEDIES,
            ),
        ),
        Template(
            code="DEMAND",
            zh="催告书",
            en="Demand to perform",
            word="催",
            version="1",
            source="行政强制法第35、54条",
            layout=Layout.LETTER,
            organs=(*ENFORCERS, "PSB"),
            to="party",
            fields=(
                _PARTY,
                Field("of_document", "决定书文号", "Number of the decision"),
                Field("duty", "应履行的义务", "Duty", FieldKind.LONG),
                Field("amount_fen", "应缴金额", "Amount due", FieldKind.FEN, required=False),
                _DUE,
            ),
            paragraphs=(
                "本机关{of_document}已送达你单位，你单位至今未履行：{duty}",
                "应缴金额{amount_fen}。",
                "请于{due}前履行；收到本催告书后有权进行陈述和申辩。"
                "逾期仍不履行的，本机关将依法申请人民法院强制执行。",
            ),
            signs=("当事人签收",),
        ),
        *CAMPAIGN_TEMPLATES,
    )
}
"""Every template by its code."""
