"""The collections. A new one has a module of its own, and is registered here."""

from bai_wx.record.collections import register
from models.attachments import Attachment
from models.cart import CartLine
from models.company import Company
from models.documents import Document
from models.orders import Order
from models.products import Product
from models.users import User

register(User, Company, Attachment, Product, Document, CartLine, Order)
