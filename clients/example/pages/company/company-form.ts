/** The form of a company: its fields in the order of the page, and the check of the credit code. */

/** What the form holds, by the contract's own names. */
export interface CompanyForm {
  company_name: string;
  company_usci: string;
  company_type: string;
  company_entity: string;
  company_province: string;
  company_province_code: string;
  company_city: string;
  company_city_code: string;
  company_district: string;
  company_district_code: string;
  company_add: string;
  company_postalcode: string;
  company_remark: string;
}

export type CompanyField = keyof CompanyForm;

export const TYPES = ['有限责任公司', '股份有限公司', '个体工商户', '合伙企业', '其他'];

export const EMPTY_FORM: CompanyForm = {
  company_name: '',
  company_usci: '',
  company_type: '',
  company_entity: '',
  company_province: '',
  company_province_code: '',
  company_city: '',
  company_city_code: '',
  company_district: '',
  company_district_code: '',
  company_add: '',
  company_postalcode: '',
  company_remark: '',
};

/** The fields of a company that the form shows; a field that the answer lacks is empty. */
export function formOf(company: Partial<Record<CompanyField, string>>): CompanyForm {
  const form = { ...EMPTY_FORM };
  for (const field of Object.keys(form) as CompanyField[]) form[field] = company[field] ?? '';
  return form;
}

/** What is wrong with the form, by field; empty where it can be sent. */
export function refuseCompany(form: CompanyForm): Partial<Record<CompanyField, string>> {
  const wrong: Partial<Record<CompanyField, string>> = {};
  if (form.company_name.trim() === '') wrong.company_name = '请填写企业名称';
  const code = form.company_usci.trim();
  if (code !== '' && !isCreditCode(code)) wrong.company_usci = '统一社会信用代码不正确，请核对';
  if (form.company_postalcode !== '' && !/^\d{6}$/.test(form.company_postalcode)) {
    wrong.company_postalcode = '邮政编码为 6 位数字';
  }
  return wrong;
}

/** The form without blanks around its texts, and with the letters of the credit code in capitals. */
export function tidy(form: CompanyForm): CompanyForm {
  const tidied = { ...form };
  for (const field of Object.keys(form) as CompanyField[]) tidied[field] = form[field].trim();
  tidied.company_usci = tidied.company_usci.toUpperCase();
  return tidied;
}

/** The whole address in one line. */
export function addressOf(company: Partial<Record<CompanyField, string>>): string {
  const { company_province: province, company_city: city } = company;
  const parts = [province, city === province ? '' : city, company.company_district, company.company_add];
  return parts.filter(Boolean).join(' ');
}

const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';

/**
 * Whether a unified social credit code has its shape and its check digit, so that a slip of the
 * finger is told before the form is sent. The server checks the same.
 *
 * Source: GB 32100-2015: weights are 3 to the power of the place, modulo 31.
 */
export function isCreditCode(code: string): boolean {
  const letters = code.toUpperCase();
  if (!/^[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}$/.test(letters)) return false;
  let weight = 1;
  let sum = 0;
  for (const letter of letters.slice(0, 17)) {
    sum += ALPHABET.indexOf(letter) * weight;
    weight = (weight * 3) % 31;
  }
  return ALPHABET[(31 - (sum % 31)) % 31] === letters[17];
}
