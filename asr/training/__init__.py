"""Rebuilds the demonstration's speech model from nothing; see README.md here. 演示模型训练"""
