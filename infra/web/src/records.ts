import { t } from './i18n'
import type { Cell } from './types'

// What is behind a number: the shapes of /indicators/{code}/records and …/diff, and their words.

export interface Reason {
  code: string
  zh: string
  en: string
}

export interface LedgerEvent {
  number: string
  id: string
  type: string
  stream: string
  revision: string
  actor: string
  device: string
  area: string
  occurred_on: string | null
  received_at: string
  recorded_at: string
}

export interface Share {
  role: Role
  reason: Reason
  area: string
  numerator: number
  denominator: number
}

export type Role = 'numerator' | 'denominator' | 'excluded'
export type Change = 'entered' | 'left' | 'changed_role' | 'changed_contribution'

/** A line of either answer. */
export interface Line {
  kind: string
  subject: string
  name: string
  id_number_masked: string
  withheld: boolean
  erased: boolean
  area: string
  area_name: string
  numerator: number
  denominator: number
  events: LedgerEvent[]
  role?: Role
  reason?: Reason
  change?: Change
  before?: Share | null
  after?: Share | null
}

export interface Totals {
  numerator: number
  denominator: number | null
  excluded: number
  rows: number
}

export interface Answer {
  items: Line[]
  next: string
  cell: Cell
  against?: Cell
  totals: Totals & { before: Totals; after: Totals; entered: number; left: number; changed_role: number; changed_contribution: number }
}

const words: Record<string, [string, string]> = {
  title: ['数字背后的记录', 'What is behind the number'],
  rows: ['明细', 'Records'],
  previous: ['比上月', 'Against last month'],
  known: ['比当时所知', 'Against what was known'],
  knownOn: ['截至该日所知', 'As known at the end of'],
  all: ['全部', 'All'],
  numerator: ['计入分子', 'In the numerator'],
  denominator: ['只计入分母', 'In the denominator only'],
  excluded: ['未计入', 'Left out'],
  counted: ['计入', 'Counted'],
  entered: ['新进', 'Entered'],
  left: ['退出', 'Left'],
  changed_role: ['改计', 'Counted otherwise'],
  changed_contribution: ['数量变化', 'Another amount'],
  subject: ['对象与缘由', 'Who or what, and why'],
  both: ['分子 / 分母', 'Numerator / denominator'],
  noNumber: ['尚无数字：本期还没有可供统计的记录（如探访、上报数）；以下为将会计入的对象。', 'There is no number: no record of the period feeds it yet (a visit, a reported figure). Below is who or what it would count.'],
  nothing: ['没有记录。', 'There are no records.'],
  same: ['两者没有差别。', 'Nothing differs.'],
  position: ['台账编号', 'Ledger number'],
  upTo: ['计至台账第', 'counted up to ledger number'],
  occurred: ['发生', 'Occurred'],
  recorded: ['记入', 'Recorded'],
  received: ['收到', 'Received'],
  device: ['设备', 'Device'],
  actor: ['经办', 'By'],
  stream: ['事件流', 'Stream'],
  revision: ['第', 'revision'],
  withheld: ['姓名不公开', 'name withheld'],
  erased: ['个人信息已删除', 'personal data erased'],
  noEvents: ['没有新的事件。', 'No new event.'],
  elder: ['老年人', 'elder'],
  child: ['儿童', 'child'],
  institution: ['养老机构', 'institution'],
  childcare: ['托育机构', 'childcare institution'],
  household: ['家庭', 'household'],
  community: ['社区', 'community'],
  estate: ['新建居住区', 'new estate'],
  elder_school: ['老年学校', 'elder school'],
  hospital: ['医院', 'hospital'],
  staff: ['从业人员', 'member of staff'],
  township: ['乡镇（街道）', 'township'],
  figure: ['上报数', 'figure'],
  ElderRegistered: ['登记老年人', 'Elder registered'],
  ElderMoved: ['老年人迁移', 'Elder moved'],
  RegistrationMerged: ['重复登记合并', 'Registrations merged'],
  PersonErased: ['个人信息删除', 'Personal data erased'],
  ElderDied: ['老年人去世', 'Elder died'],
  CircumstancesRecorded: ['记录特殊困难情形', 'Circumstances recorded'],
  HomeVisitLogged: ['登记探访', 'Visit logged'],
  HomeVisitCorrected: ['更正探访', 'Visit corrected'],
  HomeVisitEnteredInError: ['探访作废', 'Visit entered in error'],
  ElderAdmitted: ['入住', 'Admitted'],
  ElderTransferred: ['转院', 'Transferred'],
  ElderDischarged: ['退住', 'Discharged'],
  BedsOpened: ['设置床位', 'Beds opened'],
  BedsConverted: ['转为护理型床位', 'Beds converted'],
  BedsPutIntoOperation: ['床位投入运营', 'Beds put into operation'],
  BedsClosed: ['撤销床位', 'Beds closed'],
  RetrofitAccepted: ['改造验收', 'Retrofit accepted'],
  ChildcareFiled: ['托育机构备案', 'Childcare institution filed'],
  PlacesOpened: ['设置托位', 'Places opened'],
  PlacesClosed: ['撤销托位', 'Places closed'],
  ChildRegistered: ['登记儿童', 'Child registered'],
  ChildEnrolled: ['入托', 'Enrolled'],
  ChildWithdrawn: ['退托', 'Withdrawn'],
  FigureReported: ['上报数字', 'Figure reported'],
  FigureCorrected: ['更正上报数', 'Figure corrected'],
  StandingRecorded: ['记录资质或状态', 'Standing recorded'],
  StandingEnded: ['资质或状态终止', 'Standing ended'],
  ActivityLogged: ['登记活动', 'Activity logged'],
  UnitRegistered: ['登记单位', 'Unit registered'],
  UnitClosed: ['单位注销', 'Unit closed'],
  RecordEnteredInError: ['记录作废', 'Record entered in error'],
  InstitutionRegistered: ['登记养老机构', 'Institution registered'],
  ChildcareRegistered: ['登记托育机构', 'Childcare institution registered'],
  ElderDeathEnteredInError: ['去世登记作废', 'Death entered in error'],
  UnitClosureEnteredInError: ['单位注销作废', 'Closure entered in error'],
  BedReserved: ['预留床位', 'Bed reserved'],
  BedReleased: ['释放床位', 'Bed released'],
  PlaceReserved: ['预留托位', 'Place reserved'],
  PlaceReleased: ['释放托位', 'Place released'],
  AdmissionAbandoned: ['入住未成', 'Admission abandoned'],
  EnrolmentAbandoned: ['入托未成', 'Enrolment abandoned'],
  RetrofitApplied: ['申请改造', 'Retrofit applied for'],
  RetrofitApproved: ['批准改造', 'Retrofit approved'],
  DayClosed: ['日终', 'Day closed'],
  AlertRaised: ['触发预警', 'Alert raised'],
  AlertResolved: ['解除预警', 'Alert resolved'],
  TargetAdopted: ['采纳目标', 'Target adopted'],
  TargetRevised: ['修订目标', 'Target revised'],
  TargetWithdrawn: ['撤销目标', 'Target withdrawn'],
  PlanAdopted: ['采纳规划', 'Plan adopted'],
  AreasAdopted: ['采纳区划', 'Areas adopted'],
  PublicationSealed: ['发布', 'Publication sealed'],
}

/** A word of this dialog, else one of the page. */
export function w(word: string, language: 'zh' | 'en'): string {
  return words[word]?.[language === 'zh' ? 0 : 1] ?? t(word)
}

/** What a type of event is called. */
export const typeName = (type: string, language: 'zh' | 'en') => w(type.replace(/\.v\d+$/, ''), language)

/** What a line adds: to both where there are two; signed where it is a change, or takes away. */
export function amounts(line: Pick<Line, 'numerator' | 'denominator'>, ratio: boolean, change: boolean): string {
  const one = (n: number) => (change && n > 0 ? '+' : '') + n.toLocaleString('en-US', { maximumFractionDigits: 2 }).replace('-', '−')
  return ratio ? `${one(line.numerator)} / ${one(line.denominator)}` : one(line.numerator)
}
