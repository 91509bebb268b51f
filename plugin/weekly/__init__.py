"""What happens once a week and once a quarter: freeze, publish, refresh, compare, close."""
