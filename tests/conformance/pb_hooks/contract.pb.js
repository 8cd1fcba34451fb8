/// The contract's rules of the business (contract.js) at the moments PocketBase offers them.
const WRITTEN = ["tbl_company", "tbl_attachments", "tbl_cart", "tbl_order"];

onRecordCreateRequest((e) => {
  require(`${__hooks}/contract.js`).noteRequest(e);
  e.next();
}, ...WRITTEN);

onRecordCreate((e) => {
  require(`${__hooks}/contract.js`).create(e.app, e.record);
  e.next();
}, ...WRITTEN);

onRecordUpdate((e) => {
  require(`${__hooks}/contract.js`).update(e.app, e.record);
  e.next();
}, ...WRITTEN);

// Whose a company is, its owner alone reads.
onRecordEnrich((e) => {
  const auth = e.requestInfo.auth;
  const owner = e.record.getString("company_owner_openid");
  if (!auth || auth.getString("openid") !== owner) e.record.set("company_owner_openid", "");
  e.next();
}, "tbl_company");

onRecordDelete((e) => {
  require(`${__hooks}/contract.js`).refuseInProgress(e.record, "Failed to delete record.");
  e.next();
}, "tbl_order");

onRecordValidate((e) => {
  const contract = require(`${__hooks}/contract.js`);
  const problems = contract.problems(e.app, e.record);
  try {
    e.next();
  } catch (error) {
    contract.merge(problems, error);
  }
  contract.refuse(problems, e.record);
}, ...WRITTEN);
