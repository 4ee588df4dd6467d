namespace Scoring.Server.Settings;

/// <summary>A setting is unknown or wrong. The message is one line that names it.</summary>
internal sealed class SettingException(string message) : Exception(message);
