"""What an account's page or command refuses, in Chinese for pages and in English beside it."""

from typing import ClassVar


class AccountProblem(Exception):
    """Something that is refused, told in both languages: `chinese` and `english`."""

    chinese_text: ClassVar[str] = "操作未完成"
    english_text: ClassVar[str] = "this could not be done"

    def __init__(self, **values: object) -> None:
        self.chinese = self.chinese_text.format(**values)
        self.english = self.english_text.format(**values)
        super().__init__(self.english)


class NameRefused(AccountProblem):
    """The name is empty, too long, or holds what a name may not hold."""

    chinese_text = "用户名须为 1 至 40 个字符：文字、数字、“.”、“_”、“-”、“@”，中间可有空格"
    english_text = "a name has 1 to 40 characters: letters, digits, . _ - @ and spaces inside"


class NameTaken(AccountProblem):
    """Another operator has the name; capitals make no difference."""

    chinese_text = "用户名“{name}”已被使用"
    english_text = 'there is an operator "{name}" already'


class PasswordRefused(AccountProblem):
    """The password is too short, too long or too easily guessed."""

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__()
        self.chinese, self.english = chinese, english
        self.args = (english,)


class UnknownOperator(AccountProblem):
    """There is no operator of this name or id."""

    chinese_text = "没有操作员“{name}”"
    english_text = 'there is no operator "{name}"'


class LastAdmin(AccountProblem):
    """Without this operator nobody could administer the console."""

    chinese_text = "“{name}”是最后一位启用的管理员，不能停用或改为其他角色"
    english_text = '"{name}" is the last active admin, and cannot be disabled or demoted'


class LoginRefused(AccountProblem):
    """A login that did not succeed. What it says fits an unknown name as well as a wrong password."""

    chinese_text = "用户名或密码不正确"
    english_text = "The name or the password is wrong."


class PasswordWrong(LoginRefused):
    """An operator who is logged in did not confirm a change by its password."""

    chinese_text = "当前密码不正确"
    english_text = "The present password is wrong."


class OperatorDisabled(LoginRefused):
    """The password was right, and the operator is disabled."""

    chinese_text = "该账号已停用，请联系管理员"
    english_text = "This account is disabled. Ask an admin."


class CodeNeeded(LoginRefused):
    """The password was right, and the code of the second factor is missing."""

    chinese_text = "请输入身份验证器上的 6 位验证码"
    english_text = "Enter the 6-digit code of your authenticator."


class CodeRefused(LoginRefused):
    """The code of the second factor is wrong, expired, or was used before."""

    chinese_text = "验证码不正确或已使用，请等待下一个验证码"
    english_text = "The code is wrong or was used already. Wait for the next one."


class TooManyAttempts(LoginRefused):
    """There were too many failures. `wait_s` is after how many seconds the next attempt is looked at."""

    chinese_text = "尝试次数过多，请在 {wait_s} 秒后再试"
    english_text = "Too many attempts. Try again in {wait_s} seconds."

    def __init__(self, wait_s: int) -> None:
        super().__init__(wait_s=wait_s)
        self.wait_s = wait_s
