const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const MONTH = `(?<month>${MONTHS.join("|")})`;
const TIME = String.raw`(?<hour>[01]\d|2[0-3]):(?<minute>[0-5]\d):(?<second>[0-5]\d|60)`;
const DAY_NAME = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)";
const LONG_DAY_NAME = "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day";

/** IMF-fixdate, and the two obsolete formats that a recipient must accept: RFC 850's and asctime's. */
const FORMATS = [
  String.raw`${DAY_NAME}, (?<day>\d\d) ${MONTH} (?<year>\d{4}) ${TIME} GMT`,
  String.raw`${LONG_DAY_NAME}, (?<day>\d\d)-${MONTH}-(?<year>\d\d) ${TIME} GMT`,
  String.raw`${DAY_NAME} ${MONTH} (?<day>\d\d| \d) ${TIME} (?<year>\d{4})`,
].map((format) => new RegExp(`^${format}$`));

/**
 * Epoch milliseconds of an HTTP date (RFC 9110 §5.6.7), NaN for any other text. All three formats are UTC; `Date.parse`
 * reads asctime's in the local time zone.
 */
export function parseHttpDate(text: string, now: () => number = Date.now): number {
  const groups = FORMATS.map((format) => format.exec(text)?.groups).find((found) => found);
  if (groups === undefined) return Number.NaN;
  const { year = "", month = "", day, hour, minute, second } = groups;
  const [monthIndex, dayOfMonth] = [MONTHS.indexOf(month), Number(day)];
  const fullYear = year.length === 2 ? fullYearOf(Number(year), now()) : Number(year);
  const date = new Date(0);
  date.setUTCFullYear(fullYear, monthIndex, dayOfMonth);
  // The 31st of February would otherwise become a day in March.
  if (date.getUTCMonth() !== monthIndex || dayOfMonth === 0) return Number.NaN;
  return date.setUTCHours(Number(hour), Number(minute), Number(second));
}

/** A two-digit year that would be more than 50 years ahead means the most recent past year with these digits. */
function fullYearOf(twoDigits: number, nowMs: number): number {
  const thisYear = new Date(nowMs).getUTCFullYear();
  const year = thisYear - (thisYear % 100) + twoDigits;
  return year > thisYear + 50 ? year - 100 : year;
}
