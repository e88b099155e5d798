"""What people of the demo write while they handle a case. Pure."""

from incidents.grounds import ReturnGround, SuspendGround

ANSWERS = (
    "已现场处理完毕。",
    "已安排人员到场整改，现场恢复正常。",
    "已更换损坏部件并复检。",
    "已清理，并与相关住户沟通。",
    "已整改，后续加强巡查。",
)
HELP = ("已派人配合处置。", "已提供设备和人员支持。", "已完成本单位负责部分。")
GOOD_WORDS = ("", "", "处理得很快。", "谢谢。")
BAD_WORDS = ("处理太慢。", "没有彻底解决。", "处理后又出现了。")
RETURNS: dict[ReturnGround, str] = {
    ReturnGround.NOT_OUR_DUTY: "不属于本单位法定职责。",
    ReturnGround.NOT_OUR_AREA: "不在本单位服务范围。",
    ReturnGround.NOT_OUR_PROPERTY: "设施产权不属于本单位。",
    ReturnGround.NOT_ON_LIST: "不在网格事项清单内。",
    ReturnGround.OTHER_LEAD: "应由其他单位牵头。",
}
SUSPENSIONS: dict[SuspendGround, str] = {
    SuspendGround.WEATHER: "连续降雨，无法施工。",
    SuspendGround.OWNER_AWAY: "业主外出，已电话约定返回时间。",
    SuspendGround.MATERIALS: "配件采购中。",
    SuspendGround.BUDGET: "维修资金申请中。",
    SuspendGround.AUTHORITY: "等待上级部门批复。",
}
