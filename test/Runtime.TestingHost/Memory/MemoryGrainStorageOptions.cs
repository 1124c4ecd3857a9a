namespace Orleans.Configuration;

/// <summary>Memory storage has nothing to choose; the type keeps the signature of its registration.</summary>
public class MemoryGrainStorageOptions;
