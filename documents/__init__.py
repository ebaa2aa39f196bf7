"""TOML documents that administrators edit: how they are read, and what is wrong with them. 规则文件读取"""
