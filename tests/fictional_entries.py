"""Fictional entries of blanks, one a line: genuine ones of many kinds, and conditions that nobody may take for them."""

from __future__ import annotations


def _lines(text: str) -> tuple[str, ...]:
    return tuple(text.strip().splitlines())


PEOPLE = _lines("""
林若青
张伟
欧阳若云
司马南乔
陈方安宁
买买提·艾力江
迪丽拜尔·阿卜杜拉
古丽•热合曼
刘洋先生
王女士
王经理
李建岚（Li Jianlan）
Li Jianlan 李建岚
林若青、沈文博
陳立群
歐陽若雲
应可欣
费玉岚
解晓冬
单雄飞
包国岚
全智岚
满江岚
方可心
许可
付强
李 雷
任 我 行
佟若娅
覃海岚
John Smith
JOHN SMITH
Mary-Jane O'Neill
J. R. Hartley
Ludwig van der Berg
Anne-Sophie Müller
Dr. Paul K. Meyer
Zhang Wei
Zhang, Wei
Ruoqing LIN
May Chen
Will Grant
Nguyễn Văn An
林若青。
""")

TITLES = _lines("""
总经理
副总经理
行政总监
法定代表人
采购经理
IT 主管
财务负责人
法定代表人兼总经理
董事长/总经理
董事长助理
华东区销售总监
信息技术部经理
执行董事
授权代表
委托代理人
会计
出纳
财务
办公室主任
校长
院长
党委书记
总经理（授权代表）
首席信息官
CEO兼创始人
信息中心主任
采购部 部长
合同管理员
续费经理
定价经理
乙方代表
网络工程师
执行事务合伙人委派代表
CEO
CTO & Co-Founder
Sales Manager
sales manager
Head of IT
Director of Information Technology
Vice President, Sales
Vice President - Asia Pacific
Managing Director
Chief Executive Officer
Authorised Signatory
HR & Admin Manager
Regional Sales Director (China)
director of sales
Partner
""")

ADDRESSES = _lines("""
深圳市南山区虚构路 88 号示例大厦 12 层
北京市海淀区虚构大街 20 号 5 层
上海市浦东新区示例路 1 号
上海浦东张江高科技园区示例路2号
江苏省南京市建邺区应天大街 888 号
江苏省南京市江宁区秣陵街道将军大道 1 号
杭州市西湖区虚构路88号，示例大厦12层
成都市武侯区天府大道北段 1700 号
成都市锦江区东大街三段 5 号
中国（上海）自由贸易试验区示例路 1 号 2 幢 301 室
北京市朝阳区示例路 93 号院 A 座 1203
北京市东城区东四十条甲 22 号
北京市海淀区示例大街 1 号 A-1203
北京经济技术开发区示例南路 10 号
天津市和平区十一经路 8 号
河北省石家庄市桥西区裕华路 100 号
黑龙江省哈尔滨市道里区中央大街 12 号
湖北省武汉市江汉区一元路 3 号
内蒙古自治区呼和浩特市新城区示例街 2 号
云南省大理白族自治州大理市下关镇示例村 3 组
贵州省黔东南苗族侗族自治州凯里市示例路 1 号
江西省景德镇市昌江区瓷都大道 66 号
镇江市京口区示例路 5 号
山东省临沂市费县费城街道示例路 3 号
河南省社旗县赊店镇示例街 6 号
厦门市思明区软件园二期观日路 20 号 401 室
广州市天河区体育西路 103 号示例广场 A 塔 2501 房
深圳市前海深港合作区前湾一路 1 号 A 栋 201 室（入驻深圳市示例商务秘书有限公司）
重庆市渝北区示例路 2 号附 3 号
西安市雁塔区示例路与假想路交叉口东北角虚构广场 B 座
苏州市工业园区星湖街 328 号创意产业园 5 栋 602 单元
青岛市崂山区示例路 1 号院内
上海市静安区示例路 100 弄 5 号 302 室
上海市徐汇区虚构路 88 号 SOHO
上海市徐汇区虚构路 88 号101、102室
香港特别行政区九龙弥敦道 100 号示例大厦 12 楼
甘肃省酒泉市瓜州县示例镇自动化产业园 6 号
南京市鼓楼区中山北路
深圳市南山区
北京市西城区月坛南街三里河北里甲 1 号
北京市朝阳区示例三期 58 层
No. 88 Xugou Road, Nanshan District, Shenzhen
12/F, Example Tower, 88 Queen's Road, Hong Kong
Room 1201, Building 3, No. 88 Example Road, Nanshan District, Shenzhen, Guangdong 518000, China
Floor 5, 20 Xugou Street, Haidian District, Beijing 100080, P.R. China
1 Example Road, Shanghai
100 Main Street, Suite 200, Springfield
88 Free Trade Zone Road, Pudong, Shanghai
Musterstraße 12, 80331 München
Rm 302, No.5, Lane 100, Shili Rd, Jing'an, Shanghai
P.O. Box 12, Shenzhen
""")

ORGANISATIONS = _lines("""
青禾医疗器械（深圳）有限公司
星河云(上海)数字科技有限公司
需求科技有限公司
应天软件有限公司
蓝鲸信息技术（北京）有限公司上海分公司
示例银行股份有限公司北京云杉支行
虚构会计师事务所（特殊普通合伙）
示例投资合伙企业（有限合伙）
示例市第一人民医院
示例大学
示例市退役军人事务局
中国示例协会
虚构餐饮店
示例县价格认证中心
示例小额贷款有限公司
自动化设备（苏州）有限公司
示例保险经纪有限责任公司
三六五网络有限公司
三个月亮文化传播有限公司
免疫生物制药有限公司
电力附件有限公司
示例日本公司
示例工程造价咨询有限公司
A.B.C. 科技（北京）有限公司
青禾医疗器械（深圳）有限公同
Qinghe Medical Devices (Shenzhen) Co., Ltd.
Example Holdings Limited
ACME Inc.
Beispiel GmbH
University of Example
Example & Sons LLP
EXAMPLE CO., LTD.
""")

# Whatever blank they are written into, a person must see them.
ALONE = _lines("""
享八折优惠，多退少补
满三个月可全额退款
价格另议
首年免费
价格以双方另行约定为准
第4条不适用于我方
免费
可退
全免
费用另计
应退全款
方可退款
双方另议
解除合同
单价从优
全由乙方
包退包换
包年
包邮
代付
解约
满减
白送
任意解除
双倍返还
全程包干
安装免费
关税自理
按月付款
以附件为准
见附件
详见补充协议
三个月内可退
年付八折
次年起半价
无条件退款
不承担责任
我方有权解除
乙方不得涨价
自动续期无效
经双方同意后生效
账期90天
月结30天
先用后付
保留追索权
延长服务一年
买十送二
永久使用
不限用户数
服务期五年
最低价保证
不开发票
可分三期
含税含运费
优 惠 八 折
退.款.可.议
優惠八折
退還全部款項
8折
满3月退100%
50% off
Free of charge
First year free
Price to be agreed
Price Negotiable
subject to contract
discount 20%
Full Refund
Half Price
Best Offer
Automatic Renewal
may terminate at any time
Pay Later
Net 90
任何情况
满意后
安装后
于年底
单方解除
""")

# Beside or inside a value that would be right without them.
BESIDE = _lines("""
深圳市南山区享八折优惠
深圳市南山区虚构路88号，首年免费
深圳市南山区虚构路88号 满三个月可退
深圳市南山区虚构路88号（首年免费）
深圳市南山区虚构路88号。价格另议
深圳市享八折优惠南山区科技路8号
送货至深圳市南山区虚构路88号
由深圳市南山区人民法院管辖
服务范围限上海市浦东新区
服务器放深圳市南山区虚构路88号
限深圳市南山区虚构路88号
在深圳市南山区验收
88 Main Road, 20% discount
88 Main Road, first year free
88 Main Road, Refund Within 3 Months
青禾医疗器械（深圳）有限公司，享八折优惠
青禾医疗器械（深圳）有限公司首年免费
费用由青禾医疗器械有限公司承担
费用由青禾医疗器械有限公司
满三个月可退款给青禾医疗器械有限公司
质保三年由原厂
提交海淀区人民法院
按甲方指定的公司
买二送一商店
满千减百超市
Example Co., Ltd., first year free
Example Co., Ltd. unless terminated
No fee for Example Co., Ltd.
总经理，价格另议
总经理（首年免费）
总经理有权解除
享八折优惠经理
全额退款代表
三年/经理
服务五年经理
Manager may terminate at any time
Manager, all sales final
Director, subject to board approval
林若青，可退款
林若青（免费）
林若青 首年免费
林若青、免费
Zhang Wei, may cancel at any time
Zhang Wei (free of charge)
""")
CONDITIONS = (*ALONE, *BESIDE)
