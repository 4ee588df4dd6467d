namespace Scoring.Server.Settings;

/// <summary>Settings are unknown or wrong. The message is a line for each, which names it.</summary>
internal sealed class SettingException(string message) : Exception(message);
