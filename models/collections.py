"""The seven collections by name."""

from models.attachments import Attachment
from models.base import Record
from models.cart import CartLine
from models.company import Company
from models.documents import Document
from models.orders import Order
from models.products import Product
from models.users import User

COLLECTIONS: dict[str, type[Record]] = {
    model.collection(): model
    for model in (User, Company, Attachment, Product, Document, CartLine, Order)
}
