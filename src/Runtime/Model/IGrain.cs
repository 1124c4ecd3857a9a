namespace Orleans;

/// <summary>The base of every grain interface.</summary>
public interface IGrain : IAddressable;

/// <summary>A grain whose key is a text.</summary>
public interface IGrainWithStringKey : IGrain;

/// <summary>A grain whose key is a whole number.</summary>
public interface IGrainWithIntegerKey : IGrain;
